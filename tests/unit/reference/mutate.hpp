#pragma once
// Breaks a reference table on purpose, in every way that matters: a row deleted, two rows swapped that some state fits
// together, and the same with the entries inside a row. Each of them must make the comparison go red.

#include "explore.hpp"
#include "table.hpp"

#include <string>
#include <vector>

namespace reference {

struct Mutation {
  std::string name;
  Table table;
};

std::vector<Mutation> mutate_rows(const Table& table, const Witnesses& witnesses);
std::vector<Mutation> mutate_entries(const Table& table, const Witnesses& witnesses);

// A state and what the code under test said of it.
struct Sample {
  Values values{};
  Answer answer;
};

// Combinations that do not exist, each one value away from a witness.
std::vector<Values> derive_strays(const Table& table, const Vocabulary& vocabulary, const Witnesses& witnesses);

// How many rules a combination breaks, and which one it breaks if it is one alone.
struct Breach {
  std::size_t count = 0;
  std::size_t rule = 0;
};

Breach find_breach(const Table& table, const Values& values);

// True where at least one sample answers otherwise than the table says.
bool is_red(const Table& table, const std::vector<Sample>& samples);

struct MutationCount {
  std::size_t mutations = 0;
  std::size_t red = 0;
  std::vector<std::string> red_by_strays_alone;
  std::vector<std::string> survivors;
};

MutationCount count_red(const std::vector<Mutation>& mutations, const std::vector<Sample>& witnesses,
                        const std::vector<Sample>& strays);

} // namespace reference

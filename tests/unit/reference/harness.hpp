#pragma once
// What both references ask for, as Catch2 checks: agreement in every state, promises kept, every mutation red, and no
// rule about what does not exist that nobody needs.

#include "explore.hpp"
#include "mutate.hpp"

#include <support/catch.hpp>

#include <string>
#include <vector>

namespace reference {

// Long under AFK_LONG=1, which tests/long.sh sets.
bool is_long_run();

struct Title {
  std::string subject; // "decide"
  std::string part;    // "quick slices"
};

void print_states(const Title& title, const Table& table, const Tally& tally);

// A state that stands for many, and a combination that does not exist, next to what the code answered to each. Of the
// latter only those on which the table and the code agree: the others would make every mutation look red.
struct Samples {
  std::vector<Sample> witnesses;
  std::vector<Sample> strays;
  std::size_t strays_left_out = 0;
};

template <typename Subject>
std::vector<Sample> ask(const Subject& subject, const std::vector<Values>& states) {
  std::vector<Sample> samples;
  for (const Values& values : states) {
    samples.push_back({.values = values, .answer = subject.answer(subject.space().make(values))});
  }
  return samples;
}

template <typename Subject>
Samples take_samples(const Subject& subject, const Table& table, const Tally& tally) {
  std::vector<Values> states;
  for (const auto& [key, values] : tally.witnesses) {
    states.push_back(values);
  }
  Samples samples{
      .witnesses = ask(subject, states),
      .strays = ask(subject, derive_strays(table, subject.space().vocabulary(), tally.witnesses)),
  };
  samples.strays_left_out = std::erase_if(
      samples.strays, [&](const Sample& sample) { return !same_answer(table, sample.values, sample.answer); });
  return samples;
}

// Every slice of the table, each widened by so many inputs; a state that two of them share is looked at once.
template <typename Subject>
Tally explore_slices(Subject& subject, const Table& table, std::size_t wider = 0) {
  Explorer<Subject> explorer(subject, table);
  std::vector<Slice> seen;
  for (Slice slice : table.slices) {
    slice.away = std::min(slice.away + wider, most_inputs);
    explorer.explore(slice, seen);
    seen.push_back(slice);
  }
  return explorer.tally();
}

void check_agreement(const Tally& tally);
void check_mutations(const std::string& subject, const Table& table, const Tally& tally, const Samples& samples);
void check_rules(const Table& table, const Samples& samples);

} // namespace reference

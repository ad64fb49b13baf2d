#pragma once
// A reference as data: rows of a decision table, read from TOML, that know nothing of the code under test.
//
// Every input has a closed list of values, a state is one value index per input, and a condition is a conjunction of
// "input = value|value". The reader throws std::runtime_error with file and line: a reference that cannot be read
// fails its test.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

struct Input {
  std::string name;
  std::vector<std::string> values;
};

using Vocabulary = std::vector<Input>;

inline constexpr std::size_t most_inputs = 64;
inline constexpr std::size_t most_entries = 64; // of one kind: the walk keeps one bit for each

// One value index per input of the vocabulary, in its order.
using Values = std::array<std::uint8_t, most_inputs>;

struct Term {
  std::size_t input = 0;
  std::uint32_t allowed = 0; // bit v: value v fits
};

using Condition = std::vector<Term>;

struct Then {
  Condition when;
  std::string action;
  bool effect = false;
};

struct Row {
  std::string name; // its gate where it names one, else its number
  std::string prose;
  Condition when;
  std::vector<Then> then;
};

// A combination that does not exist.
struct Never {
  Condition when;
  std::string because;
};

// What no row may do while the condition holds: the safety of the table as a whole, whatever its rows say. `forbids`
// lists actions; the word "effect" stands for every action that is marked as one.
struct Promise {
  Condition when;
  std::vector<std::string> forbids;
  std::string prose;
};

struct Slice {
  std::string name;
  Condition when;
  std::size_t away = most_inputs; // how many inputs may have another value than their first one
};

struct Table {
  std::vector<Row> rows;
  std::vector<Never> never;
  std::vector<Promise> promises;
  std::vector<Slice> slices;
};

Table read_table(const std::filesystem::path& file, const Vocabulary& vocabulary);
Table parse_table(std::string_view text, const Vocabulary& vocabulary);

bool fits(const Values& values, const Condition& condition);

bool is_in(const Values& values, const Slice& slice);

bool forbids(const Promise& promise, const Then& then);

struct Expected {
  const Row* row = nullptr;
  const Then* then = nullptr;
};

// First match wins, twice; nothing where no row, or none of its entries, fits.
std::optional<Expected> evaluate(const Table& table, const Values& values);

// "issue=open turn=clean …": what a mismatch shows.
std::string describe(const Vocabulary& vocabulary, const Values& values);

} // namespace reference

#pragma once
// Walks every combination of inputs that exists and holds the code under test to a reference table.
//
// The walk assigns one input after the other. Which rows still fit is one bit mask that is narrowed with every value,
// so that the satisfied rows of a state cost nothing; combinations that do not exist are cut off as soon as they show.

#include "table.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace reference {

// The inputs of the code under test by name, and how to set each in its input type.
template <typename State>
class Space {
 public:
  template <typename Value>
  void add(std::string name, Value State::* member, std::initializer_list<std::pair<const char*, Value>> values) {
    Input input{.name = std::move(name), .values = {}};
    std::vector<Value> meanings;
    for (const auto& [text, value] : values) {
      input.values.emplace_back(text);
      meanings.push_back(value);
    }
    vocabulary_.push_back(std::move(input));
    assign_.push_back([member, meanings](State& state, std::size_t index) { state.*member = meanings[index]; });
  }

  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }

  void assign(State& state, std::size_t input, std::size_t value) const { assign_[input](state, value); }

  [[nodiscard]] State make(const Values& values) const {
    State state;
    for (std::size_t input = 0; input < vocabulary_.size(); ++input) {
      assign(state, input, values[input]);
    }
    return state;
  }

 private:
  Vocabulary vocabulary_;
  std::vector<std::function<void(State&, std::size_t)>> assign_;
};

// What the code under test answered, in the words of the table.
struct Answer {
  std::string row;
  std::string action;
  bool effect = false;

  friend bool operator==(const Answer&, const Answer&) = default;
};

// True where the table says of these values what the code under test answered.
inline bool same_answer(const Table& table, const Values& values, const Answer& answer) {
  const auto expected = evaluate(table, values);
  return expected && expected->row->name == answer.row && expected->then->action == answer.action &&
         expected->then->effect == answer.effect;
}

// States that stand for all others: one for each set of rows that fit together, one for each set of entries that fit
// together inside the row that won. A mutation of the table can be seen on them if it can be seen at all.
using Witnesses = std::map<std::pair<std::uint64_t, std::uint64_t>, Values>;

struct Tally {
  std::uint64_t states = 0;
  std::vector<std::uint64_t> states_per_row;
  std::uint64_t mismatches = 0;
  std::string first_mismatch;
  std::uint64_t broken_promises = 0;
  std::string first_broken_promise;
  Witnesses witnesses;
};

// What the table says of one state: the row and the entry that win, and one bit for each row that fits.
struct Finding {
  const Row& row;
  const Then& then;
  std::uint64_t rows = 0;
};

// `Subject` has: `using State`, `const Space<State>& space()`, `Answer answer(const State&)`, and the comparison
// `bool agrees(const State&, const Finding&)`, which may be stricter and faster than comparing answers.
template <typename Subject>
class Explorer {
 public:
  using State = typename Subject::State;

  Explorer(Subject& subject, const Table& table)
      : subject_(subject), table_(table), rows_(compile(table.rows)), rules_(compile(table.never)),
        promises_(compile(table.promises)), rules_complete_(subject.space().vocabulary().size()) {
    tally_.states_per_row.resize(table.rows.size());
    for (std::size_t rule = 0; rule < table.never.size(); ++rule) {
      std::size_t last = 0;
      for (const Term& term : table.never[rule].when) {
        last = std::max(last, term.input);
      }
      rules_complete_[last] |= std::uint64_t{1} << rule;
    }
    for (const Row& row : table.rows) {
      std::vector<std::uint64_t>& masks = forbidden_.emplace_back();
      for (const Then& then : row.then) {
        std::uint64_t& mask = masks.emplace_back(0);
        for (std::size_t promise = 0; promise < table.promises.size(); ++promise) {
          mask |= std::uint64_t{forbids(table.promises[promise], then) ? 1U : 0U} << promise;
        }
      }
    }
  }

  // Adds every state of the slice that is in none of the others.
  void explore(const Slice& slice, std::vector<Slice> others) {
    allowed_.fill(~std::uint32_t{0});
    for (const Term& term : slice.when) {
      allowed_[term.input] &= term.allowed;
    }
    away_left_ = slice.away;
    others_ = std::move(others);
    descend(
        0,
        {.rows = all(table_.rows.size()), .rules = all(table_.never.size()), .promises = all(table_.promises.size())});
  }

  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  using MasksPerValue = std::vector<std::vector<std::uint64_t>>;

  // What of each kind still fits the values chosen so far.
  struct Fitting {
    std::uint64_t rows = 0;
    std::uint64_t rules = 0;
    std::uint64_t promises = 0;
  };

  static std::uint64_t all(std::size_t count) { return count == 0 ? 0 : ~std::uint64_t{0} >> (64 - count); }

  template <typename Entry>
  MasksPerValue compile(const std::vector<Entry>& entries) {
    MasksPerValue masks;
    for (const Input& input : subject_.space().vocabulary()) {
      masks.emplace_back(input.values.size(), all(entries.size()));
    }
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
      for (const Term& term : entries[entry].when) {
        for (std::size_t value = 0; value < masks[term.input].size(); ++value) {
          if ((term.allowed >> value & 1U) == 0) {
            masks[term.input][value] &= ~(std::uint64_t{1} << entry);
          }
        }
      }
    }
    return masks;
  }

  void descend(std::size_t input, Fitting fitting) {
    if (input == rows_.size()) {
      look(fitting);
      return;
    }
    for (std::size_t value = 0; value < rows_[input].size(); ++value) {
      const std::uint64_t rules = fitting.rules & rules_[input][value];
      const std::size_t away = value == 0 ? 0 : 1;
      if ((allowed_[input] >> value & 1U) == 0 || (rules & rules_complete_[input]) != 0 || away > away_left_) {
        continue;
      }
      values_[input] = static_cast<std::uint8_t>(value);
      subject_.space().assign(state_, input, value);
      away_left_ -= away;
      descend(input + 1, {.rows = fitting.rows & rows_[input][value],
                          .rules = rules,
                          .promises = fitting.promises & promises_[input][value]});
      away_left_ += away;
    }
  }

  void look(const Fitting& fitting) {
    if (std::any_of(others_.begin(), others_.end(), [&](const Slice& slice) { return is_in(values_, slice); })) {
      return;
    }
    ++tally_.states;
    const auto first = static_cast<std::size_t>(std::countr_zero(fitting.rows));
    const Row& row = table_.rows[first];
    ++tally_.states_per_row[first];
    std::size_t chosen = 0;
    std::uint64_t entries = std::uint64_t{first} << 32;
    for (std::size_t index = row.then.size(); index-- > 0;) {
      if (fits(values_, row.then[index].when)) {
        entries |= std::uint64_t{1} << index;
        chosen = index;
      }
    }
    if (!subject_.agrees(state_, Finding{row, row.then[chosen], fitting.rows})) {
      note_mismatch(row, row.then[chosen]);
    }
    if (const std::uint64_t broken = fitting.promises & forbidden_[first][chosen]; broken != 0) {
      note_broken_promise(table_.promises[static_cast<std::size_t>(std::countr_zero(broken))], row);
    }
    if (fitting.rows != last_key_.first || entries != last_key_.second) {
      last_key_ = {fitting.rows, entries};
      tally_.witnesses.try_emplace(last_key_, values_);
    }
  }

  void note_broken_promise(const Promise& promise, const Row& row) {
    if (tally_.broken_promises++ == 0) {
      tally_.first_broken_promise = "\"" + promise.prose + "\" is broken by row " + row.name + " for " +
                                    describe(subject_.space().vocabulary(), values_);
    }
  }

  void note_mismatch(const Row& row, const Then& then) {
    if (tally_.mismatches++ == 0) {
      const Answer answer = subject_.answer(state_);
      tally_.first_mismatch = "the table says row " + row.name + " \"" + then.action + "\", the code says row " +
                              answer.row + " \"" + answer.action + "\" for " +
                              describe(subject_.space().vocabulary(), values_);
    }
  }

  Subject& subject_;
  const Table& table_;
  MasksPerValue rows_;
  MasksPerValue rules_;
  MasksPerValue promises_;
  std::vector<std::uint64_t> rules_complete_;         // per input: the rules whose last input it is
  std::vector<std::vector<std::uint64_t>> forbidden_; // per row and entry: the promises that forbid its action
  std::array<std::uint32_t, most_inputs> allowed_{};
  std::size_t away_left_ = most_inputs;
  std::vector<Slice> others_;
  Values values_{};
  State state_{};
  std::pair<std::uint64_t, std::uint64_t> last_key_{};
  Tally tally_;
};

} // namespace reference

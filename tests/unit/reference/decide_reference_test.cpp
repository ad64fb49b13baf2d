// Holds decide() to tests/reference/decide.toml, the same table written down a second time: over every situation that
// exists, row number and action both. It knows decide() by its declaration alone, so that nothing of it leaks in here.
//
// Every run enumerates the slices that the file names; with AFK_LONG=1 it enumerates everything.

#include "harness.hpp"
#include "situation_space.hpp"

#include <afk/core/action.hpp>
#include <afk/core/situation.hpp>
#include <support/catch.hpp>

#include <iostream>
#include <map>

namespace afk {

Decision decide(const Situation& situation);

} // namespace afk

namespace {

using afk::Situation;
using reference::Answer;
using reference::Space;
using reference::Table;
using reference::Then;

class Decider {
 public:
  using State = Situation;

  [[nodiscard]] const Space<Situation>& space() const { return space_; }

  [[nodiscard]] Answer answer(const Situation& situation) const {
    const afk::Decision decision = afk::decide(situation);
    return {.row = std::to_string(decision.row),
            .action = afk::render_action(decision.action),
            .effect = afk::derive_effect(decision.action) == afk::Effect::starts_work};
  }

  // Rendering is slow, so that a decision that once rendered as an entry says is compared as a value from then on.
  bool agrees(const Situation& situation, const reference::Finding& finding) {
    const afk::Decision decision = afk::decide(situation);
    const Then& then = finding.then;
    const auto known = known_.find(&then);
    if (known != known_.end() && known->second == decision) {
      return true;
    }
    if (answer(situation) != Answer{.row = finding.row.name, .action = then.action, .effect = then.effect}) {
      return false;
    }
    known_.insert_or_assign(&then, decision);
    return true;
  }

 private:
  Space<Situation> space_ = reference::make_situation_space();
  std::map<const Then*, afk::Decision> known_;
};

reference::Tally explore_everything(Decider& decider, const Table& table) {
  reference::Explorer<Decider> explorer(decider, table);
  explorer.explore({.name = "everything", .when = {}}, {});
  return explorer.tally();
}

std::vector<std::string> names(const std::vector<reference::Mutation>& mutations) {
  std::vector<std::string> names;
  for (const reference::Mutation& mutation : mutations) {
    names.push_back(mutation.name);
  }
  return names;
}

void check_rows(const Table& table, const reference::Tally& tally) {
  REQUIRE(table.rows.size() == 27);
  for (std::size_t row = 0; row < 26; ++row) {
    INFO("row " << row + 1);
    CHECK(tally.states_per_row[row] > 0);
  }
  CHECK(tally.states_per_row[26] == 0);
}

} // namespace

TEST_CASE("decide answers what the reference says, in every situation", "[reference]") {
  Decider decider;
  const Table table =
      reference::read_table(std::string(AFK_SOURCE_DIR) + "/tests/reference/decide.toml", decider.space().vocabulary());
  const reference::Tally slices = reference::explore_slices(decider, table);
  reference::print_states({"decide", "quick slices"}, table, slices);
  CHECK(slices.states >= 2'000'000);
  reference::check_agreement(slices);
  check_rows(table, slices);

  const reference::Samples samples = reference::take_samples(decider, table, slices);
  CHECK(samples.strays_left_out == 0); // total: also where a situation contradicts itself
  reference::check_mutations("decide", table, slices, samples);
  reference::check_rules(table, samples);

  if (reference::is_long_run()) {
    const reference::Tally everything = explore_everything(decider, table);
    reference::print_states({"decide", "everything"}, table, everything);
    CHECK(everything.states >= 100'000'000);
    reference::check_agreement(everything);
    check_rows(table, everything);
    reference::check_mutations("decide", table, everything, reference::take_samples(decider, table, everything));
    CHECK(names(reference::mutate_rows(table, everything.witnesses)) ==
          names(reference::mutate_rows(table, slices.witnesses)));
  }
}

// Holds decide() to tests/reference/decide.toml, the same table written down a second time: over every situation that
// exists, row number and action both. It knows decide() by its declaration alone, so that nothing of it leaks in here.
//
// Every run enumerates the slices that the file names; with AFK_LONG=1 it enumerates everything.

#include "harness.hpp"

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

void add_inputs_of_the_issue(Space<Situation>& space) {
  using S = Situation;
  space.add("issue", &S::issue,
            {{"open", S::Issue::open},
             {"closed", S::Issue::closed},
             {"closed_after_landing", S::Issue::closed_after_landing},
             {"gone", S::Issue::gone}});
  space.add("person", &S::person, {{"absent", S::Person::absent}, {"took_over", S::Person::took_over}});
  space.add("lock", &S::lock, {{"ours", S::Lock::ours}, {"foreign", S::Lock::foreign}});
  space.add("arming", &S::arming, {{"valid", S::Arming::valid}, {"voided", S::Arming::voided}});
  space.add("turn", &S::turn,
            {{"unknown", S::Turn::unknown},
             {"running", S::Turn::running},
             {"waiting", S::Turn::waiting},
             {"blocked", S::Turn::blocked},
             {"clean", S::Turn::clean},
             {"failed", S::Turn::failed},
             {"limited", S::Turn::limited},
             {"limit_over", S::Turn::limit_over},
             {"vanishing", S::Turn::vanishing},
             {"vanished", S::Turn::vanished},
             {"vanished_for_good", S::Turn::vanished_for_good}});
  space.add("overrun", &S::overrun,
            {{"none", S::Overrun::none},
             {"stalled", S::Overrun::stalled},
             {"run_limit", S::Overrun::run_limit},
             {"budget", S::Overrun::budget}});
  space.add("interrupt", &S::interrupt,
            {{"not_ordered", S::Interrupt::not_ordered},
             {"ordered", S::Interrupt::ordered},
             {"overdue", S::Interrupt::overdue}});
  space.add("question_label", &S::question_label, {{"off", S::Label::off}, {"on", S::Label::on}});
  space.add("answer", &S::answer, {{"none", S::Answer::none}, {"trusted", S::Answer::trusted}});
  space.add("reach", &S::reach,
            {{"everything", S::Reach::everything},
             {"something_missing", S::Reach::something_missing},
             {"missing_too_long", S::Reach::missing_too_long}});
}

void add_inputs_of_the_landing(Space<Situation>& space) {
  using S = Situation;
  space.add("landing", &S::landing, {{"pull_request", S::Landing::pull_request}, {"push", S::Landing::push}});
  space.add("last_stage", &S::last_stage,
            {{"review", S::LastStage::review},
             {"checks", S::LastStage::checks},
             {"merged", S::LastStage::merged},
             {"deployed", S::LastStage::deployed}});
  space.add("auto_merge", &S::auto_merge, {{"off", S::AutoMerge::off}, {"on", S::AutoMerge::on}});
  space.add("published", &S::published,
            {{"nothing", S::Published::nothing},
             {"branch", S::Published::branch},
             {"draft", S::Published::draft},
             {"open", S::Published::open},
             {"merged", S::Published::merged},
             {"on_base", S::Published::on_base}});
  space.add("stage", &S::stage,
            {{"before", S::Stage::before},
             {"reached", S::Stage::reached},
             {"reached_uncleanly", S::Stage::reached_uncleanly}});
  space.add("local", &S::local,
            {{"none", S::Local::none}, {"unfinished", S::Local::unfinished}, {"finished", S::Local::finished}});
}

void add_inputs_of_the_work(Space<Situation>& space) {
  using S = Situation;
  space.add("conflict", &S::conflict, {{"none", S::Conflict::none}, {"conflicting", S::Conflict::conflicting}});
  space.add("verdict", &S::verdict,
            {{"missing", S::Verdict::missing},
             {"pending", S::Verdict::pending},
             {"green", S::Verdict::green},
             {"red", S::Verdict::red}});
  space.add("base_red", &S::base_red,
            {{"no", S::BaseRed::no},
             {"at_merge_base", S::BaseRed::at_merge_base},
             {"at_head", S::BaseRed::at_head},
             {"at_head_too_long", S::BaseRed::at_head_too_long}});
  space.add("rerun", &S::rerun, {{"not_possible", S::Rerun::not_possible}, {"possible", S::Rerun::possible}});
  space.add("budget", &S::budget, {{"left", S::Budget::left}, {"out", S::Budget::out}});
  space.add("grace", &S::grace, {{"over", S::Grace::over}, {"running", S::Grace::running}});
  space.add("patience", &S::patience, {{"left", S::Patience::left}, {"out", S::Patience::out}});
  space.add("declared", &S::declared,
            {{"nothing", S::Declared::nothing}, {"nothing_to_do", S::Declared::nothing_to_do}});
  space.add("protected_paths", &S::protected_paths,
            {{"untouched", S::Protected::untouched}, {"touched", S::Protected::touched}});
  space.add("gates", &S::gates, {{"pass", S::Gates::pass}, {"fail", S::Gates::fail}});
  space.add("hold", &S::hold, {{"none", S::Hold::none}, {"held", S::Hold::held}});
}

Space<Situation> make_space() {
  Space<Situation> space;
  add_inputs_of_the_issue(space);
  add_inputs_of_the_landing(space);
  add_inputs_of_the_work(space);
  return space;
}

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
  Space<Situation> space_ = make_space();
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

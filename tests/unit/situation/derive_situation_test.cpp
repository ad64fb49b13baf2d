// What derive_situation owes the decision table: no observation that the ports can bring leads into a combination that
// tests/reference/decide.toml says does not exist, nor into row 27. Random observations from a seed, so that a failure
// can be told by its number.

#include <unit/reference/harness.hpp>
#include <unit/reference/situation_space.hpp>

#include <afk/core/decide.hpp>
#include <afk/core/derive_situation.hpp>
#include <afk/core/published_work.hpp>
#include <support/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <iostream>
#include <random>

namespace {

using namespace afk;
using namespace std::chrono_literals;

constexpr Timestamp now = Timestamp(std::chrono::seconds(1'795'176'000));

// One throw of the dice after the other; the same seed throws the same.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}

  std::size_t below(std::size_t count) { return engine_() % count; }

  bool one_in(std::size_t count) { return below(count) == 0; }

  template <typename Value>
  Value pick(std::initializer_list<Value> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(below(values.size())));
  }

  // Around the limits that the configuration knows: before and after each of them.
  Timestamp past() { return now - pick<Duration>({0s, 1min, 4min, 20min, 40min, 3h, 7h, 13h, 24h * 8}); }

 private:
  std::mt19937 engine_;
};

AgentReport throw_report(Dice& dice) {
  AgentReport report;
  report.result = dice.pick<std::optional<DeclaredResult>>(
      {std::nullopt, DeclaredResult::done, DeclaredResult::nothing_to_do, DeclaredResult::blocked});
  if (report.result == DeclaredResult::blocked)
    report.question = "Which word?";
  if (dice.one_in(4))
    report.cost_usd = dice.pick({0.5, 99.0, 250.0});
  return report;
}

const std::array<std::string, 4> heads{"", "head", "candidate", "older"};

void throw_ending(Dice& dice, TurnView& turn) {
  using Outcome = TurnOutcome;
  turn.outcome = dice.pick({Outcome::succeeded, Outcome::succeeded, Outcome::failed, Outcome::interrupted,
                            Outcome::timed_out, Outcome::output_limit, Outcome::disk_limit, Outcome::usage_limited});
  turn.ended_at = dice.past();
  if (turn.outcome == Outcome::usage_limited && dice.one_in(2))
    turn.limited_until = now + dice.pick<Duration>({-1h, 0s, 1h});
  if (turn.kind != TurnKind::verify && dice.one_in(2))
    turn.report = throw_report(dice);
  else if (turn.kind != TurnKind::verify && dice.one_in(4))
    turn.report_problem = "not JSON";
  turn.head_before = heads[dice.below(heads.size())];
  turn.head_after = heads[dice.below(heads.size())];
}

TurnView throw_turn(Dice& dice, int number, bool is_last) {
  using State = TurnState;
  TurnView turn;
  turn.kind = number == 0 ? TurnKind::first
                          : dice.pick({TurnKind::fix, TurnKind::verify, TurnKind::verify, TurnKind::finish,
                                       TurnKind::rebase, TurnKind::answer, TurnKind::redispatch});
  turn.turn = {fmt::format("turn-{}", number)};
  const bool is_verify = turn.kind == TurnKind::verify;
  turn.state = !is_last ? State::ended
                        : dice.pick({State::starting, State::running, is_verify ? State::running : State::waiting,
                                     State::ended, State::ended, State::ended, State::vanished});
  if (dice.one_in(8) == false)
    turn.started_at = dice.past();
  if (turn.state == State::running && dice.one_in(2))
    turn.last_progress_at = dice.past();
  if (turn.state == State::waiting)
    turn.question = "Which word?";
  if (turn.state == State::ended)
    throw_ending(dice, turn);
  if (is_verify)
    turn.verify_head = heads[1 + dice.below(3)];
  return turn;
}

void throw_attempts(Dice& dice, Observation& observation) {
  const std::size_t attempts = dice.below(3);
  int number = 0;
  for (std::size_t k = 0; k < attempts; ++k) {
    AttemptView attempt;
    attempt.attempt = {{"afk-run"}, static_cast<int>(k)};
    const std::size_t turns = dice.below(4);
    for (std::size_t i = 0; i < turns; ++i, ++number)
      attempt.turns.push_back(throw_turn(dice, number, k + 1 == attempts && i + 1 == turns));
    observation.executor.attempts.push_back(std::move(attempt));
  }
}

void throw_executor(Dice& dice, Observation& observation) {
  using Reach = ExecutorEvidence::Reach;
  observation.executor.reach =
      dice.pick({Reach::known, Reach::known, Reach::known, Reach::known, Reach::unreachable, Reach::other_identity});
  if (observation.executor.reach == Reach::known)
    throw_attempts(dice, observation);
}

PullRequestEvidence throw_pull_request(Dice& dice, const std::string& branch_head) {
  using State = PullRequestState;
  PullRequestEvidence pull_request;
  pull_request.number = 12;
  pull_request.state = dice.pick({State::draft, State::open, State::open, State::merged, State::closed_unmerged});
  pull_request.head = dice.one_in(6) ? heads[1 + dice.below(3)] : branch_head;
  if (pull_request.state == State::merged && dice.one_in(2))
    pull_request.merge_commit = "squashed";
  using Merges = Mergeability;
  pull_request.mergeability = dice.pick({Merges::mergeable, Merges::mergeable, Merges::conflicting, Merges::unknown});
  return pull_request;
}

HeadChecks throw_checks(Dice& dice, const std::string& head) {
  HeadChecks checks{head, {}, {}};
  const std::array<std::string, 3> names{"unit", "lint", "deploy"};
  for (std::size_t count = dice.below(4); count > 0; --count) {
    CheckResult result;
    result.name = names[dice.below(names.size())];
    result.state = dice.pick({CheckState::pending, CheckState::passed, CheckState::passed, CheckState::passed,
                              CheckState::failed, CheckState::failed, CheckState::unknown});
    result.rerun = dice.pick({CheckResult::Rerun::possible, CheckResult::Rerun::not_possible});
    if (dice.one_in(2))
      result.completed_at = dice.past();
    checks.results.push_back(result);
  }
  if (dice.one_in(6))
    checks.required_by_forge = {"lint"};
  return checks;
}

Seen<HeadChecks> throw_seen_checks(Dice& dice, const std::string& head) {
  if (dice.one_in(10))
    return {ForgeReach::unreachable, "no answer", {}};
  return {ForgeReach::known, "", throw_checks(dice, head)};
}

void throw_deployment(Dice& dice, ForgeObservation& forge) {
  using State = DeploymentState;
  if (dice.one_in(10)) {
    forge.deployment = {ForgeReach::unreachable, "no answer", {}};
    return;
  }
  forge.deployment.reach = ForgeReach::known;
  DeploymentSeen& seen = forge.deployment.value;
  seen.evidence.state = dice.pick({State::absent, State::pending, State::deployed, State::deployed, State::failed});
  if (!dice.one_in(4))
    seen.evidence.revision = "squashed";
  if (!dice.one_in(3))
    seen.landed_head = DeploymentSeen::Contains::yes;
}

// As run_look asks: nothing of a branch without a pull request, nothing of the base unless a head is red.
void throw_forge(Dice& dice, const RepositorySettings& settings, Observation& observation) {
  ForgeObservation& forge = observation.forge;
  WorkEvidence& work = observation.landing.work;
  if (settings.landing.landing == LandingMode::pull_request) {
    forge.pull_request.reach = dice.one_in(10) ? ForgeReach::unreachable : ForgeReach::known;
    if (forge.pull_request.reach == ForgeReach::known && !work.branch_head.empty() && !dice.one_in(4))
      forge.pull_request.value = throw_pull_request(dice, work.branch_head);
    const PublishedWork published = derive_published_work(work, forge.pull_request.value);
    work.published = published.published;
    if (!published.problem.empty())
      forge.pull_request.reach = ForgeReach::unreachable;
  }
  using State = PublishedState;
  const State state = work.published.state;
  if (derive_forge_checks(settings) == ForgeChecks::judge && state != State::nothing && state != State::branch) {
    forge.head = throw_seen_checks(dice, work.published.head);
    const bool red = std::ranges::any_of(forge.head.value.results,
                                         [](const CheckResult& one) { return one.state == CheckState::failed; });
    if (red || state == State::on_base)
      forge.base_head = throw_seen_checks(dice, dice.pick<std::string>({"base", work.published.head}));
    if (red)
      forge.merge_base = throw_seen_checks(dice, "before");
  }
  if (settings.landing.last_stage == LastStage::deployed && !work.published.landed.empty())
    throw_deployment(dice, forge);
}

void throw_landing(Dice& dice, const RepositorySettings& settings, Observation& observation) {
  using Reach = LandingEvidence::Reach;
  const bool is_known = observation.executor.reach == ExecutorEvidence::Reach::known;
  if (!is_known || find_live_turn(observation) != nullptr)
    return; // not asked then
  observation.landing.reach = dice.pick({Reach::known, Reach::known, Reach::known, Reach::unreachable});
  if (observation.landing.reach != Reach::known)
    return;
  WorkEvidence& work = observation.landing.work;
  work.base_head = "base";
  work.merge_base = "before";
  const bool by_pull_request = settings.landing.landing == LandingMode::pull_request;
  if (by_pull_request && !dice.one_in(3))
    work.branch_head = dice.one_in(3) ? heads[1 + dice.below(3)] : "head";
  if (dice.one_in(by_pull_request ? 10 : 3)) {
    work.published.state = PublishedState::on_base;
    work.published.head = work.published.landed = heads[1 + dice.below(3)];
  }
  if (!dice.one_in(3)) {
    work.run_head = "head";
    work.commits = static_cast<int>(dice.below(3));
    work.unpublished = work.branch_head == "head" ? 0 : static_cast<int>(dice.below(1 + std::size_t(work.commits)));
    if (dice.one_in(2))
      work.delivery = WorkEvidence::Delivery::pushed;
    if (dice.one_in(3))
      work.conflicts = {"greeting.txt"};
    else
      work.candidate_head = dice.pick<std::string>({"head", "candidate"});
    work.changed_paths = {dice.pick<std::string>({"greeting.txt", ".github/ci.yml"})};
  }
  if (!work.branch_head.empty())
    work.published_paths = {dice.pick<std::string>({"greeting.txt", "greeting.txt", ".github/ci.yml"})};
  throw_forge(dice, settings, observation);
}

void throw_card(Dice& dice, Observation& observation) {
  RunCard& card = observation.card;
  for (const FirstSeen what : {FirstSeen::commit, FirstSeen::red, FirstSeen::unreachable, FirstSeen::question,
                               FirstSeen::vanished, FirstSeen::refused, FirstSeen::run, FirstSeen::checks,
                               FirstSeen::rerun, FirstSeen::base_red, FirstSeen::landed, FirstSeen::complete})
    if (dice.one_in(2))
      card.first_seen[what] = dice.past();
  if (dice.one_in(4))
    card.interrupt =
        CardInterrupt{dice.pick({InterruptCause::stalled, InterruptCause::run_limit, InterruptCause::budget}),
                      {fmt::format("turn-{}", dice.below(5))},
                      dice.past()};
  for (std::size_t count = dice.below(7); count > 0; --count)
    card.turns.push_back({TurnKind::fix, "head", 0, dice.pick({Attempt::free, Attempt::counts}), dice.past()});
  if (dice.one_in(3))
    card.rerun_heads = {heads[1 + dice.below(3)]};
  card.redispatches = static_cast<int>(dice.below(3));
  card.cost_usd = dice.pick({0.0, 0.0, 1.0, 101.0});
}

RepositorySettings throw_settings(Dice& dice) {
  RepositorySettings settings;
  settings.lifecycle.redispatch_max = static_cast<int>(dice.below(3));
  using Mode = CheckSettings::Mode;
  settings.check_mode = dice.pick({Mode::commands, Mode::commands, Mode::all, Mode::all, Mode::required, Mode::none});
  settings.checks.mode = settings.check_mode;
  if (settings.check_mode == Mode::commands && !dice.one_in(4))
    settings.checks.commands = {"./check.sh"};
  if (settings.check_mode == Mode::required)
    settings.checks.required = {"unit"};
  if (dice.one_in(4)) {
    settings.qa.mode = QaSettings::Mode::commands;
    settings.qa.commands = {"./qa.sh"};
  }
  settings.landing.landing = dice.pick({LandingMode::push, LandingMode::push, LandingMode::pull_request});
  settings.landing.last_stage = settings.landing.landing == LandingMode::push
                                    ? dice.pick({LastStage::checks, LastStage::checks, LastStage::deployed})
                                    : dice.pick({LastStage::review, LastStage::merged, LastStage::deployed});
  if (settings.landing.landing == LandingMode::pull_request && settings.landing.last_stage != LastStage::review)
    settings.landing.auto_merge = dice.pick({AutoMerge::off, AutoMerge::on});
  return settings;
}

Observation throw_observation(Dice& dice, const RepositorySettings& settings) {
  using S = Situation;
  Observation observation;
  observation.now = now;
  observation.issue_state = dice.one_in(10)
                                ? dice.pick({IssueState::closed, IssueState::closed_not_planned, IssueState::gone})
                                : IssueState::open;
  observation.question_label = dice.one_in(8) ? S::Label::on : S::Label::off;
  if (dice.one_in(8))
    observation.person_acts = {dice.pick({PersonAct::took_in_progress_off, PersonAct::put_human_on,
                                          PersonAct::took_ready_off, PersonAct::closed_issue})};
  if (dice.one_in(12))
    observation.lock = Observation::Lock::foreign;
  if (dice.one_in(12))
    observation.arming = {S::Arming::voided, "the text was changed"};
  throw_card(dice, observation);
  throw_executor(dice, observation);
  throw_landing(dice, settings, observation);
  if (dice.one_in(3))
    observation.answer = TrustedAnswer{"hello", now};
  if (dice.one_in(8))
    observation.hold = {S::Hold::held, "the kill switch is on"};
  observation.redispatch_gates.gates = dice.one_in(4) ? S::Gates::fail : S::Gates::pass;
  if (dice.one_in(8))
    observation.redispatch_gates.reach = RedispatchVerdict::Reach::unreachable;
  return observation;
}

reference::Values read_values(const reference::Space<Situation>& space, const Situation& situation) {
  reference::Values values{};
  for (std::size_t input = 0; input < space.vocabulary().size(); ++input)
    for (std::size_t value = 0; value < space.vocabulary()[input].values.size(); ++value) {
      Situation probe = situation;
      space.assign(probe, input, value);
      if (probe == situation)
        values[input] = static_cast<std::uint8_t>(value);
    }
  return values;
}

std::string render_values(const reference::Space<Situation>& space, const reference::Values& values) {
  std::string text;
  for (std::size_t input = 0; input < space.vocabulary().size(); ++input)
    text += fmt::format("{} = {}, ", space.vocabulary()[input].name, space.vocabulary()[input].values[values[input]]);
  return text;
}

} // namespace

TEST_CASE("no observation leads into a situation that does not exist", "[reference]") {
  const auto space = reference::make_situation_space();
  const reference::Table table =
      reference::read_table(std::string(AFK_SOURCE_DIR) + "/tests/reference/decide.toml", space.vocabulary());
  const std::uint32_t count = reference::is_long_run() ? 2'000'000 : 60'000;
  std::array<std::uint32_t, 28> rows{};
  std::vector<std::uint32_t> broken(table.never.size());
  for (std::uint32_t seed = 1; seed <= count; ++seed) {
    Dice dice(seed);
    const RepositorySettings settings = throw_settings(dice);
    const Situation situation = derive_situation(throw_observation(dice, settings), settings);
    ++rows.at(static_cast<std::size_t>(decide(situation).row));
    const reference::Values values = read_values(space, situation);
    for (std::size_t rule = 0; rule < table.never.size(); ++rule) {
      if (!fits(values, table.never[rule].when) || broken[rule]++ > 0)
        continue;
      UNSCOPED_INFO("seed " << seed << ": " << render_values(space, values));
      FAIL_CHECK(table.never[rule].because);
    }
  }
  std::cout << fmt::format("{} observations, by row:", count);
  for (std::size_t row = 1; row < rows.size(); ++row)
    std::cout << fmt::format(" {}: {}", row, rows[row]);
  std::cout << "\n";
  CHECK(rows[27] == 0);
  for (std::size_t row = 1; row <= 26; ++row) {
    INFO("row " << row);
    CHECK(rows.at(row) > 0);
  }
}

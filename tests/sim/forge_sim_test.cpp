// Seeded worlds on a forge: checks that flake, bases that move, stale reads, lost answers, deployments that fail,
// people who merge and close. After each tick the promises hold; left alone afterwards, every world comes to rest. A
// failure names its seed; AFK_LONG=1 tries many more.

#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

struct Counts {
  std::size_t ticks = 0;
  std::size_t faults = 0;
  std::size_t stale = 0;
  std::size_t starts = 0;
  std::size_t openings = 0;
  std::size_t merges = 0;
  std::size_t reruns = 0;
  std::size_t closed = 0;
};

constexpr std::array<std::string_view, 7> work_calls{"start", "push",  "open_pull_request", "mark_ready",
                                                     "merge", "rerun", "delete_branch"};

class ForgeSimulation {
 public:
  ForgeSimulation(std::uint32_t seed, Counts& counts) : dice_(seed), counts_(counts) {
    const auto landing = one_in(4) ? LandingMode::push : LandingMode::pull_request;
    const auto last = landing == LandingMode::push ? pick({LastStage::checks, LastStage::deployed})
                                                   : pick({LastStage::review, LastStage::merged, LastStage::deployed});
    const bool may_merge = landing == LandingMode::pull_request && last != LastStage::review;
    world_.add_forge(landing, last, may_merge && one_in(2) ? AutoMerge::on : AutoMerge::off);
    world_.config.lifecycle.fix_forward_max_attempts = 2;
    world_.forge.reruns_are_possible = !one_in(3);
    for (int number = 1; number <= static_cast<int>(1 + below(2)); ++number)
      issues_.push_back(world_.arm(number));
    world_.faults.judge = [this](std::string_view call) { return judge(call); };
    world_.forge.is_stale = [this] {
      const bool stale = disturbed_ && one_in(10);
      counts_.stale += stale ? 1U : 0U;
      return stale;
    };
  }

  void disturb() {
    disturbed_ = true;
    for (int step = 0; step < 50; ++step) {
      if (one_in(6))
        let_somebody_interfere();
      if (one_in(2))
        let_an_agent_act();
      let_jobs_run();
      world_.clock.advance(std::chrono::seconds(below(240)));
      world_.gate.kill_switch = one_in(10) ? TickGate::KillSwitch::on : TickGate::KillSwitch::off;
      world_.gate.stop_after = one_in(3) ? std::optional<int>(below(10)) : std::nullopt;
      tick();
    }
  }

  void come_to_rest() {
    disturbed_ = false;
    world_.gate.kill_switch = TickGate::KillSwitch::off;
    world_.gate.stop_after.reset();
    for (const IssueRef& issue : issues_)
      world_.tracker.label(issue, "paused", Target::off, person("ada"));
    for (int step = 0; step < 60; ++step) {
      world_.let_everybody_finish();
      settle();
      world_.clock.advance(std::chrono::minutes(4));
      tick();
    }
    CHECK(world_.executor.live_turns().empty());
    for (const IssueRef& issue : issues_) {
      INFO("issue " << issue.number << ": " << describe(issue));
      CHECK_FALSE(world_.tracker.has(issue, "agent-in-progress"));
      counts_.closed += world_.tracker.look(issue).state == IssueState::closed ? 1U : 0U;
    }
    counts_.starts += world_.executor.starts();
    counts_.openings += world_.forge.openings();
    counts_.merges += world_.forge.merges();
    counts_.reruns += static_cast<std::size_t>(world_.forge.reruns());
  }

 private:
  std::size_t below(std::size_t count) { return dice_() % count; }

  bool one_in(std::size_t count) { return below(count) == 0; }

  template <typename Value>
  Value pick(std::initializer_list<Value> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(below(values.size())));
  }

  // The kill switch is read last: after every other call, right before what changes a repository.
  Fate judge(std::string_view call) {
    if (std::ranges::find(work_calls, call) != work_calls.end() && world_.gate.switch_looks <= looks_at_last_call_)
      ++unguarded_;
    looks_at_last_call_ = world_.gate.switch_looks;
    if (!disturbed_ || !one_in(40))
      return Fate::works;
    ++counts_.faults;
    return one_in(2) ? Fate::never_arrives : Fate::answer_lost;
  }

  std::vector<std::string> heads() const {
    std::vector<std::string> found;
    for (const FakeForge::Pull& pull : world_.forge.all())
      if (const std::string head = world_.executor.branch_head(pull.order.branch); !head.empty())
        found.push_back(head);
    return found;
  }

  std::vector<std::string> base() { return world_.executor.base_of(issues_.front().repository); }

  void let_jobs_run() {
    auto judged = heads();
    judged.push_back(base().back());
    for (const std::string& head : judged)
      if (one_in(2))
        world_.forge.check(head, pick<std::string>({"unit", "lint"}),
                           pick({CheckState::pending, CheckState::passed, CheckState::passed, CheckState::failed}));
    if (one_in(4)) {
      using State = DeploymentState;
      const auto commits = base();
      world_.forge.deployment = {pick({State::pending, State::deployed, State::failed}), commits[below(commits.size())],
                                 "", "it broke", std::nullopt};
    }
  }

  // Everything is good now: checks pass, what is on the base is deployed, and people merge what waits for them.
  void settle() {
    auto judged = heads();
    for (const std::string& head : base())
      judged.push_back(head);
    for (const std::string& head : judged)
      for (const char* name : {"unit", "lint"})
        world_.forge.check(head, name, CheckState::passed);
    if (world_.config.lifecycle.auto_merge == AutoMerge::off && world_.config.lifecycle.last_stage != LastStage::review)
      for (const FakeForge::Pull& pull : std::vector(world_.forge.all()))
        if (pull.evidence.state == PullRequestState::open && !world_.executor.branch_head(pull.order.branch).empty())
          world_.forge.merge_now(pull.evidence.number);
    world_.forge.deployment = {DeploymentState::deployed, base().back(), "", "", std::nullopt};
  }

  void let_somebody_interfere() {
    const IssueRef& issue = issues_[below(issues_.size())];
    const auto& pulls = world_.forge.all();
    switch (below(8)) {
    case 0:
      return world_.tracker.label(issue, "agent-in-progress", Target::off, person("ada"));
    case 1:
      return arm_again(issue);
    case 2:
      return world_.tracker.label(issue, "paused", one_in(2) ? Target::on : Target::off, person("ada"));
    case 3:
      if (!pulls.empty() && one_in(2) && !world_.executor.branch_head(pulls.back().order.branch).empty())
        world_.forge.merge_now(pulls.back().evidence.number);
      return;
    case 4:
      if (!pulls.empty() && one_in(3) && pulls.back().evidence.state == PullRequestState::open)
        world_.forge.close(pulls.back().evidence.number);
      return;
    case 5:
      if (!pulls.empty() && one_in(3) && pulls.back().evidence.state == PullRequestState::open)
        world_.executor.commit_to_branch(pulls.back().order.branch);
      return;
    default:
      return world_.executor.commit_to_base(issue.repository);
    }
  }

  void arm_again(const IssueRef& issue) {
    world_.tracker.label(issue, "ready-for-human", Target::off, person("ada"));
    world_.tracker.label(issue, "ready-for-agent", Target::off, person("ada"));
    world_.tracker.label(issue, "ready-for-agent", Target::on, person("ada"));
  }

  void let_an_agent_act() {
    const auto places = world_.executor.live_turns();
    if (places.empty())
      return;
    const auto& place = places[below(places.size())];
    switch (below(6)) {
    case 0:
      return world_.executor.vanish(place);
    case 1:
      world_.executor.mark_conflict(world_.executor.commit(place, FakeExecutor::Merges::no));
      return world_.executor.end(place, TurnOutcome::succeeded);
    default:
      world_.executor.commit(place, one_in(2) ? FakeExecutor::Merges::base : FakeExecutor::Merges::no);
      return world_.executor.end(place, one_in(5) ? TurnOutcome::failed : TurnOutcome::succeeded);
    }
  }

  [[nodiscard]] std::size_t count_effects() const {
    return world_.executor.starts() + world_.executor.pushes() + world_.forge.openings() + world_.forge.merges() +
           static_cast<std::size_t>(world_.forge.reruns());
  }

  void tick() {
    ++counts_.ticks;
    const std::size_t effects = count_effects();
    looks_at_last_call_ = 0;
    if (one_in(2))
      world_.poll();
    else
      world_.watch();
    CHECK(unguarded_ == 0);
    if (world_.gate.kill_switch == TickGate::KillSwitch::on)
      CHECK(count_effects() == effects);
    check_promises();
  }

  void check_promises() {
    std::set<IssueRef> at_work;
    for (const auto& place : world_.executor.live_turns())
      CHECK(at_work.insert(world_.executor.order(place.turn).issue).second);
    CHECK(world_.forge.unverified_merges == 0);
    std::set<std::string> open;
    for (const FakeForge::Pull& pull : world_.forge.all())
      if (pull.evidence.state == PullRequestState::open || pull.evidence.state == PullRequestState::draft)
        CHECK(open.insert(pull.order.branch).second);
    const auto& again = world_.forge.rerun_heads;
    CHECK(std::set<std::string>(again.begin(), again.end()).size() == again.size());
  }

  std::string describe(const IssueRef& issue) const {
    std::string text;
    for (const Comment& comment : world_.tracker.look(issue).comments)
      text += "\n" + comment.body;
    return text;
  }

  std::mt19937 dice_;
  Counts& counts_;
  LoopWorld world_;
  std::vector<IssueRef> issues_;
  bool disturbed_ = false;
  int looks_at_last_call_ = 0;
  int unguarded_ = 0;
};

} // namespace

TEST_CASE("worlds on a forge keep their promises and come to rest", "[sim][forge]") {
  const char* const is_long = std::getenv("AFK_LONG");
  const std::uint32_t seeds = is_long != nullptr && *is_long == '1' ? 20'000 : 400;
  const char* const one_seed = std::getenv("AFK_SEED");
  Counts counts;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const std::uint32_t used = one_seed == nullptr ? seed : static_cast<std::uint32_t>(std::atoi(one_seed));
    INFO("seed " << used);
    ForgeSimulation simulation(used, counts);
    simulation.disturb();
    simulation.come_to_rest();
    if (one_seed != nullptr)
      break;
  }
  std::cout << fmt::format("{} worlds on a forge, {} ticks, {} faults, {} stale reads, {} turns started, {} pull "
                           "requests, {} merges, {} re-runs, {} issues closed\n",
                           seeds, counts.ticks, counts.faults, counts.stale, counts.starts, counts.openings,
                           counts.merges, counts.reruns, counts.closed);
  CHECK(counts.closed > 0);
  CHECK(counts.reruns > 0);
}

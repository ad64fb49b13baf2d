// Seeded worlds of one to three issues in one repository: ticks in random order, stopped at random steps, with calls
// that fail or lose their answer, agents that do anything and people who interfere. After each tick the promises hold;
// left alone afterwards, every world comes to rest. A failure names its seed; AFK_LONG=1 tries many more.

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
  std::size_t stopped = 0;
  std::size_t faults = 0;
  std::size_t starts = 0;
  std::size_t landed = 0;
  std::size_t by_people = 0;
};

class Simulation {
 public:
  Simulation(std::uint32_t seed, Counts& counts) : dice_(seed), counts_(counts) {
    world_.config.lifecycle.fix_forward_max_attempts = 2;
    for (int number = 1; number <= static_cast<int>(1 + below(3)); ++number)
      issues_.push_back(world_.arm(number));
    world_.faults.judge = [this](std::string_view call) {
      // The kill switch is read last: after every other call, right before what starts work.
      if ((call == "start" || call == "push") && world_.gate.switch_looks <= looks_at_last_call_)
        ++unguarded_;
      looks_at_last_call_ = world_.gate.switch_looks;
      if (!disturbed_ || !one_in(40))
        return Fate::works;
      ++counts_.faults;
      return one_in(2) ? Fate::never_arrives : Fate::answer_lost;
    };
  }

  void disturb() {
    disturbed_ = true;
    for (int step = 0; step < 40; ++step) {
      if (one_in(4))
        let_somebody_interfere();
      if (one_in(2))
        let_an_agent_act();
      world_.clock.advance(std::chrono::seconds(below(240)));
      world_.gate.kill_switch = one_in(10) ? TickGate::KillSwitch::on : TickGate::KillSwitch::off;
      world_.gate.stop_after = one_in(3) ? std::optional<int>(below(10)) : std::nullopt;
      counts_.stopped += world_.gate.stop_after ? 1U : 0U;
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
      world_.clock.advance(std::chrono::minutes(2));
      tick();
    }
    CHECK(world_.executor.live_turns().empty());
    for (const IssueRef& issue : issues_) {
      INFO("issue " << issue.number << ": " << describe(issue));
      CHECK_FALSE(world_.tracker.has(issue, "agent-in-progress"));
      counts_.landed += world_.tracker.look(issue).state == IssueState::closed ? 1U : 0U;
    }
    counts_.starts += world_.executor.starts();
  }

 private:
  std::size_t below(std::size_t count) { return dice_() % count; }

  bool one_in(std::size_t count) { return below(count) == 0; }

  const IssueRef& any_issue() { return issues_[below(issues_.size())]; }

  void let_somebody_interfere() {
    ++counts_.by_people;
    const IssueRef& issue = any_issue();
    const auto target = one_in(2) ? Target::on : Target::off;
    switch (below(9)) {
    case 0:
      return world_.tracker.label(issue, "agent-in-progress", Target::off, person("ada"));
    case 1:
      return world_.tracker.label(issue, "ready-for-agent", Target::off, person("ada"));
    case 2:
    case 3:
      return arm_again(issue);
    case 4:
      return world_.tracker.label(issue, "paused", target, person("ada"));
    case 5:
      return world_.tracker.label(issue, "ready-for-human", target, person("ada"));
    case 6:
      return answer(issue);
    case 7:
      return one_in(6) ? world_.tracker.close(issue, person("ada")) : void();
    default:
      return world_.executor.commit_to_base(issue.repository);
    }
  }

  void arm_again(const IssueRef& issue) {
    world_.tracker.label(issue, "ready-for-human", Target::off, person("ada"));
    world_.tracker.label(issue, "ready-for-agent", Target::off, person("ada"));
    world_.tracker.label(issue, "ready-for-agent", Target::on, person("ada"));
  }

  void answer(const IssueRef& issue) {
    if (!world_.tracker.has(issue, "needs-info"))
      return;
    world_.tracker.comment(issue, "hello", person("ada"));
    world_.tracker.label(issue, "needs-info", Target::off, person("ada"));
  }

  void let_an_agent_act() {
    const auto places = world_.executor.live_turns();
    if (places.empty())
      return;
    const auto& place = places[below(places.size())];
    if (world_.executor.turn(place).kind == TurnKind::verify) {
      if (one_in(6))
        return world_.executor.vanish(place);
      return world_.executor.end(place, one_in(3) ? TurnOutcome::failed : TurnOutcome::succeeded);
    }
    act_as_agent(place);
  }

  void act_as_agent(const FakeExecutor::Place& place) {
    AgentReport report;
    switch (below(8)) {
    case 0:
      return world_.executor.vanish(place);
    case 1:
      return world_.executor.end(place, TurnOutcome::failed);
    case 2:
      report.result = DeclaredResult::blocked;
      report.question = "Which word?";
      world_.executor.turn(place).report = report;
      return world_.executor.end(place, TurnOutcome::succeeded);
    case 3:
      report.result = DeclaredResult::nothing_to_do;
      world_.executor.turn(place).report = report;
      return world_.executor.end(place, TurnOutcome::succeeded);
    case 4:
      world_.executor.mark_conflict(world_.executor.commit(place, FakeExecutor::Merges::no));
      return world_.executor.end(place, TurnOutcome::succeeded);
    default:
      world_.executor.commit(place, one_in(2) ? FakeExecutor::Merges::base : FakeExecutor::Merges::no);
      return world_.executor.end(place, one_in(5) ? TurnOutcome::failed : TurnOutcome::succeeded);
    }
  }

  void tick() {
    ++counts_.ticks;
    const auto starts = world_.executor.starts();
    const auto pushes = world_.executor.pushes();
    looks_at_last_call_ = 0;
    if (one_in(2))
      world_.poll();
    else
      world_.watch();
    CHECK(unguarded_ == 0);
    if (world_.gate.kill_switch == TickGate::KillSwitch::on) {
      CHECK(world_.executor.starts() == starts);
      CHECK(world_.executor.pushes() == pushes);
    }
    check_promises();
  }

  void check_promises() {
    std::set<IssueRef> at_work;
    for (const auto& place : world_.executor.live_turns()) {
      const IssueRef& issue = world_.executor.order(place.turn).issue;
      INFO("two live turns of issue " << issue.number << ": " << describe(issue));
      CHECK(at_work.insert(issue).second);
    }
    for (const IssueRef& issue : issues_) {
      std::set<std::string> runs;
      for (const Comment& comment : world_.tracker.look(issue).comments) {
        const auto card = parse_run_card(comment.body, {}, make_reference_digest());
        if (comment.author.kind != ActorKind::own_account || !card.ok() || !card->has_value())
          continue;
        INFO("two cards of one run on issue " << issue.number << ": " << describe(issue));
        CHECK(runs.insert((*card)->run.text).second);
      }
    }
  }

  std::string describe(const IssueRef& issue) const {
    std::string text;
    for (const IssueEvent& event : world_.tracker.look(issue).events)
      text += fmt::format("{} {}{} {}; ", event.actor.login,
                          event.kind == IssueEventKind::labeled     ? "+"
                          : event.kind == IssueEventKind::unlabeled ? "-"
                                                                    : "closed",
                          event.label, event.time.time_since_epoch().count() % 100'000'000);
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

TEST_CASE("worlds with faults keep their promises and come to rest", "[sim]") {
  const char* const is_long = std::getenv("AFK_LONG");
  const std::uint32_t seeds = is_long != nullptr && *is_long == '1' ? 50'000 : 600;
  const char* const one_seed = std::getenv("AFK_SEED");
  Counts counts;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const std::uint32_t used = one_seed == nullptr ? seed : static_cast<std::uint32_t>(std::atoi(one_seed));
    INFO("seed " << used);
    Simulation simulation(used, counts);
    simulation.disturb();
    simulation.come_to_rest();
    if (one_seed != nullptr)
      break;
  }
  std::cout << fmt::format("{} worlds, {} ticks ({} stopped), {} faults, {} deeds of people, {} turns started, {} "
                           "issues closed\n",
                           seeds, counts.ticks, counts.stopped, counts.faults, counts.by_people, counts.starts,
                           counts.landed);
  CHECK(counts.landed > 0);
}

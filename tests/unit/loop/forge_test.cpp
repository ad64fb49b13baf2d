// Runs on a forge in memory, from tick to tick: pull requests, checks, deployments, and what people do to them.

#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <algorithm>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

constexpr auto minute = std::chrono::minutes(1);

std::string action_of(const loop::TickReport& report) {
  return report.issues.empty() ? "" : report.issues.front().action.value_or("");
}

// One look, then a minute passes.
std::string look(LoopWorld& world) {
  std::string action = action_of(world.watch());
  world.clock.advance(minute);
  return action;
}

std::string head_of(const LoopWorld& world) {
  const auto pull = world.forge.newest();
  return pull ? world.executor.branch_head(pull->order.branch) : "";
}

// Started, worked on and published: the next look waits for checks.
IssueRef start(LoopWorld& world) {
  const IssueRef issue = world.arm(1);
  world.poll();
  world.let_everybody_finish();
  REQUIRE(look(world) == "push");
  REQUIRE(look(world) == "open ready");
  REQUIRE(look(world) == "wait checks-missing");
  return issue;
}

void judge(LoopWorld& world, CheckState state, const std::string& name = "unit") {
  world.forge.check(head_of(world), name, state);
}

LoopWorld& by_pull_request(LoopWorld& world, LastStage last_stage, AutoMerge auto_merge) {
  world.add_forge(LandingMode::pull_request, last_stage, auto_merge);
  return world;
}

} // namespace

TEST_CASE("a green pull request is handed over for review, and the forge closes the issue with it", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::review, AutoMerge::off);
  const IssueRef issue = start(world);
  judge(world, CheckState::pending);
  CHECK(look(world) == "wait checks-pending");
  judge(world, CheckState::passed);
  CHECK(look(world) == "end review");
  CHECK(world.tracker.look(issue).state == IssueState::open);
  CHECK(world.tracker.has(issue, "ready-for-human"));
  CHECK_FALSE(world.tracker.has(issue, "ready-for-agent"));
  CHECK_FALSE(world.tracker.has(issue, "agent-in-progress"));
  CHECK(world.forge.merges() == 0);
  const auto pull = world.forge.newest();
  CHECK(pull->order.body.starts_with("Closes #1.\n"));
  CHECK(pull->order.form == NewPullRequest::Form::ready);
  CHECK(world.executor.branch_head(pull->order.branch) == pull->order.head);
}

TEST_CASE("auto-merge merges the verified head, closes the issue and leaves no branch behind", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = start(world);
  judge(world, CheckState::passed);
  CHECK(look(world) == "merge");
  CHECK(world.forge.newest()->order.body.starts_with("For #1, which afk closes"));
  const std::string branch = world.forge.newest()->order.branch;
  CHECK_FALSE(world.executor.branch_head(branch).empty());
  CHECK(look(world) == "end done");
  CHECK(world.tracker.look(issue).state == IssueState::closed);
  CHECK(world.executor.branch_head(branch).empty());
  CHECK(world.forge.merges() == 1);
}

TEST_CASE("with the kill switch on a merged run is closed, and its branch stays", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = start(world);
  judge(world, CheckState::passed);
  CHECK(look(world) == "merge");
  world.gate.kill_switch = TickGate::KillSwitch::on;
  CHECK(look(world) == "end done");
  CHECK(world.tracker.look(issue).state == IssueState::closed);
  CHECK_FALSE(world.executor.branch_head(world.forge.newest()->order.branch).empty());
}

TEST_CASE("failed jobs get one more chance on a head, then a fix is ordered with what they printed", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  world.forge.job_output = "expected hello\nghp_0123456789abcdefghijABCDEFGHIJ012345\n";
  start(world);
  judge(world, CheckState::failed);
  CHECK(look(world) == "rerun");
  CHECK(look(world) == "wait checks-pending");
  SECTION("flaky") {
    judge(world, CheckState::passed);
    CHECK(look(world) == "merge");
  }
  SECTION("broken") {
    judge(world, CheckState::failed);
    CHECK(look(world) == "order fix");
    CHECK(world.forge.reruns() == 1);
    const auto places = world.executor.live_turns();
    REQUIRE(places.size() == 1);
    const std::string& prompt = world.executor.order(places.front().turn).prompt;
    CHECK(prompt.find("unit") != std::string::npos);
    CHECK(prompt.find("expected hello") != std::string::npos);
    CHECK(prompt.find("ghp_0123456789") == std::string::npos);
    CHECK(prompt.find("expected hello") > prompt.find("BEGIN UNTRUSTED TEXT"));
    world.let_everybody_finish();
    CHECK(look(world) == "push");
    CHECK(look(world) == "wait checks-missing");
    judge(world, CheckState::passed);
    CHECK(look(world) == "merge");
  }
  SECTION("and the log cannot be read") {
    judge(world, CheckState::failed);
    world.faults.judge = [](std::string_view call) {
      return call == "fetch_failure_excerpt" ? Fate::never_arrives : Fate::works;
    };
    CHECK(look(world) == "order fix");
  }
}

TEST_CASE("the old results of jobs that start again are waited out", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  start(world);
  judge(world, CheckState::failed);
  world.clock.advance(minute);
  world.faults.judge = [](std::string_view call) { return call == "rerun" ? Fate::never_arrives : Fate::works; };
  CHECK(look(world) == "rerun");
  CHECK(look(world) == "wait checks-pending");
  world.clock.advance(world.config.lifecycle.turn_end_grace);
  CHECK(look(world) == "order fix");
}

TEST_CASE("a base that is red itself costs no attempt", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = start(world);
  world.forge.reruns_are_possible = false;
  judge(world, CheckState::failed);
  world.forge.check("begin", "unit", CheckState::failed);
  CHECK(look(world) == "wait base-red");
  SECTION("for too long") {
    world.clock.advance(world.config.lifecycle.base_red_after);
    CHECK(look(world) == "end base-red");
    CHECK(world.tracker.has(issue, "ready-for-human"));
  }
  SECTION("until somebody mended it") {
    world.executor.commit_to_base(issue.repository);
    world.forge.check(world.executor.base_of(issue.repository).back(), "unit", CheckState::passed);
    CHECK(look(world) == "order rebase free");
  }
  SECTION("but what fails here alone is the run's own") {
    judge(world, CheckState::failed, "lint");
    CHECK(look(world) == "order fix");
  }
}

TEST_CASE("a rebase that brings nothing is not ordered for ever", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = start(world);
  world.forge.reruns_are_possible = false;
  judge(world, CheckState::failed);
  world.forge.check("begin", "unit", CheckState::failed);
  world.executor.commit_to_base(issue.repository);
  world.forge.check(world.executor.base_of(issue.repository).back(), "unit", CheckState::passed);
  CHECK(look(world) == "order rebase free");
  world.executor.end(world.executor.live_turns().front(), TurnOutcome::succeeded);
  CHECK(look(world) == "order fix");
}

TEST_CASE("a run that its executor has forgotten is not started over while its pull request is open", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::off);
  start(world);
  judge(world, CheckState::pending);
  world.executor.forget_everything();
  const auto starts = world.executor.starts();
  CHECK(look(world) == "wait checks-pending");
  world.clock.advance(world.config.lifecycle.turn_end_grace);
  CHECK(look(world) == "wait checks-pending");
  world.forge.merge_now(world.forge.newest()->evidence.number);
  CHECK(look(world) == "end done");
  CHECK(world.executor.starts() == starts);
}

TEST_CASE("a pull request that conflicts is rebased by its agent", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = start(world);
  world.executor.commit_to_base(issue.repository);
  world.executor.mark_conflict(head_of(world));
  CHECK(look(world) == "order rebase");
  world.let_everybody_finish();
  CHECK(look(world) == "push");
  CHECK(look(world) == "wait checks-missing");
  judge(world, CheckState::passed);
  CHECK(look(world) == "merge");
  CHECK(look(world) == "end done");
}

TEST_CASE("a merge that lacks a review waits for it as for a person", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  world.forge.review = ReviewState::required;
  start(world);
  judge(world, CheckState::passed);
  CHECK(look(world) == "wait merge");
  SECTION("and goes on with it") {
    world.forge.review = ReviewState::approved;
    CHECK(look(world) == "merge");
  }
  SECTION("for so long") {
    world.clock.advance(world.config.lifecycle.merge_after);
    CHECK(look(world) == "end no-merge");
  }
}

TEST_CASE("a person who closes the pull request takes the issue back", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = start(world);
  world.forge.close(world.forge.newest()->evidence.number);
  CHECK(look(world) == "end stood-down");
  CHECK_FALSE(world.tracker.has(issue, "ready-for-human"));
  CHECK_FALSE(world.tracker.has(issue, "agent-in-progress"));
}

TEST_CASE("a person who merges is as good as afk", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::off);
  const IssueRef issue = start(world);
  judge(world, CheckState::passed);
  CHECK(look(world) == "wait merge");
  world.forge.merge_now(world.forge.newest()->evidence.number);
  SECTION("alone") {}
  SECTION("and closes the issue with it") {
    world.tracker.close(issue, person("ada"));
  }
  CHECK(look(world) == "end done");
  CHECK(world.tracker.look(issue).state == IssueState::closed);
}

TEST_CASE("a closed issue says nothing while it cannot be told what was merged", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::off);
  const IssueRef issue = start(world);
  judge(world, CheckState::passed);
  world.forge.merge_now(world.forge.newest()->evidence.number);
  world.executor.remove_branch(world.forge.newest()->order.branch);
  world.tracker.close(issue, person("ada"));
  world.faults.judge = [](std::string_view call) { return call == "inspect" ? Fate::never_arrives : Fate::works; };
  CHECK(look(world) == "wait unreachable");
  world.faults.judge = [](std::string_view) { return Fate::works; };
  CHECK(look(world) == "end done");
}

TEST_CASE("a pull request that does not show the pushed head yet is waited for", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  start(world);
  world.forge.reruns_are_possible = false;
  judge(world, CheckState::failed);
  CHECK(look(world) == "order fix");
  world.let_everybody_finish();
  CHECK(look(world) == "push");
  world.forge.is_stale = [] { return true; };
  CHECK(look(world) == "wait unreachable");
  world.forge.is_stale = [] { return false; };
  CHECK(look(world) == "wait checks-missing");
}

TEST_CASE("what cannot be read is waited for, and never taken for absent", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  start(world);
  judge(world, CheckState::passed);
  const std::string call = GENERATE("inspect_pull_requests", "inspect_checks");
  INFO(call);
  world.faults.judge = [&](std::string_view one) { return one == call ? Fate::never_arrives : Fate::works; };
  CHECK(look(world) == "wait unreachable");
  world.clock.advance(world.config.lifecycle.unreachable_after);
  CHECK(look(world) == "end unreachable");
}

TEST_CASE("an opening whose answer is lost opens nothing twice", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::review, AutoMerge::off);
  world.arm(1);
  world.poll();
  world.let_everybody_finish();
  REQUIRE(look(world) == "push");
  world.faults.judge = [](std::string_view call) {
    return call == "open_pull_request" ? Fate::answer_lost : Fate::works;
  };
  look(world);
  look(world);
  CHECK(world.forge.openings() == 1);
}

TEST_CASE("commits of a person on the run's branch are judged and never pushed away", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  start(world);
  world.forge.reruns_are_possible = false;
  judge(world, CheckState::failed);
  CHECK(look(world) == "order fix");
  world.executor.commit_to_branch(world.forge.newest()->order.branch);
  const std::string theirs = head_of(world);
  world.let_everybody_finish();
  look(world);
  CHECK(head_of(world) == theirs);
}

TEST_CASE("a run on the trunk is over when it is deployed, and corrects what fails there", "[forge]") {
  LoopWorld world;
  world.add_forge(LandingMode::push, LastStage::deployed, AutoMerge::off);
  const IssueRef issue = world.arm(1);
  world.poll();
  world.let_everybody_finish();
  CHECK(look(world) == "push");
  const auto base = [&] { return world.executor.base_of(issue.repository).back(); };
  CHECK(look(world) == "wait checks-missing");
  world.forge.check(base(), "unit", CheckState::passed);
  CHECK(look(world) == "wait deployment");
  world.forge.deployment = {DeploymentState::failed, base(), "", "the health check failed", std::nullopt};
  CHECK(look(world) == "order fix");
  const auto places = world.executor.live_turns();
  REQUIRE(places.size() == 1);
  CHECK(world.executor.order(places.front().turn).prompt.find("the health check failed") != std::string::npos);
  world.let_everybody_finish();
  CHECK(look(world) == "push");
  world.forge.check(base(), "unit", CheckState::passed);
  world.forge.deployment = {DeploymentState::deployed, "begin", "", "", std::nullopt};
  CHECK(look(world) == "wait deployment");
  world.forge.deployment.revision = base();
  CHECK(look(world) == "end done");
  CHECK(world.tracker.look(issue).state == IssueState::closed);
}

TEST_CASE("a newer commit of the base speaks for the one that it contains", "[forge]") {
  LoopWorld world;
  world.add_forge(LandingMode::push, LastStage::checks, AutoMerge::off);
  const IssueRef issue = world.arm(1);
  world.poll();
  world.let_everybody_finish();
  CHECK(look(world) == "push");
  const std::string ours = world.executor.base_of(issue.repository).back();
  world.forge.check(ours, "unit", CheckState::pending); // replaced before it ended
  world.executor.commit_to_base(issue.repository);
  CHECK(look(world) == "wait checks-pending");
  world.forge.check(world.executor.base_of(issue.repository).back(), "unit", CheckState::passed);
  CHECK(look(world) == "end done");
}

TEST_CASE("a failed deployment of something else is not the run's", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::deployed, AutoMerge::on);
  start(world);
  judge(world, CheckState::passed);
  CHECK(look(world) == "merge");
  world.forge.deployment = {DeploymentState::failed, "begin", "", "", std::nullopt};
  CHECK(look(world) == "wait deployment");
  world.clock.advance(world.config.lifecycle.deploy_after);
  CHECK(look(world) == "end no-deploy");
}

TEST_CASE("after a failed deployment of merged work a new pull request is opened", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::deployed, AutoMerge::on);
  const IssueRef issue = start(world);
  judge(world, CheckState::passed);
  CHECK(look(world) == "merge");
  const auto base = [&] { return world.executor.base_of(issue.repository).back(); };
  world.forge.deployment = {DeploymentState::failed, base(), "", "", std::nullopt};
  CHECK(look(world) == "order fix");
  world.let_everybody_finish();
  CHECK(look(world) == "push");
  CHECK(look(world) == "open ready");
  world.forge.deployment = {};
  CHECK(world.forge.openings() == 2);
  judge(world, CheckState::passed);
  CHECK(look(world) == "merge");
  world.forge.deployment = {DeploymentState::deployed, base(), "", "", std::nullopt};
  CHECK(look(world) == "end done");
}

TEST_CASE("QA runs in the run's own sandbox before anything is published", "[forge]") {
  LoopWorld world;
  by_pull_request(world, LastStage::review, AutoMerge::off);
  world.config.qa.mode = QaSettings::Mode::commands;
  world.config.qa.commands = {"./qa.sh"};
  world.arm(1);
  world.poll();
  world.let_everybody_finish();
  CHECK(look(world) == "order verify");
  CHECK(world.executor.pushes() == 0);
  SECTION("green") {
    world.let_everybody_finish();
    CHECK(look(world) == "push");
  }
  SECTION("red") {
    world.executor.end(world.executor.live_turns().front(), TurnOutcome::failed);
    CHECK(look(world) == "order fix");
    CHECK(world.executor.pushes() == 0);
  }
}

TEST_CASE("a red base starts nothing in its repository, unless the issue is there to mend it", "[forge][poll]") {
  LoopWorld world;
  by_pull_request(world, LastStage::review, AutoMerge::off);
  const IssueRef issue = world.arm(1);
  const auto starts = [&] {
    world.poll();
    return world.executor.starts() > 0;
  };
  SECTION("red") {
    world.forge.check("begin", "unit", CheckState::failed);
    CHECK_FALSE(starts());
    world.forge.check("begin", "unit", CheckState::passed);
    CHECK(starts());
  }
  SECTION("red, and the issue mends it") {
    world.forge.check("begin", "unit", CheckState::failed);
    world.tracker.label(issue, "fixes-base", Target::on, person("ada"));
    CHECK(starts());
  }
  SECTION("red, and ignored") {
    world.forge.check("begin", "unit", CheckState::failed);
    world.config.policy.red_base = PolicySettings::RedBase::ignore;
    CHECK(starts());
  }
  SECTION("not judged yet") {
    world.forge.check("begin", "unit", CheckState::pending);
    CHECK(starts());
  }
  SECTION("nobody judges it") {
    CHECK(starts());
  }
  SECTION("not to be read") {
    world.faults.judge = [](std::string_view call) {
      return call == "inspect_checks" ? Fate::never_arrives : Fate::works;
    };
    CHECK_FALSE(starts());
  }
}

TEST_CASE("a run that was started and never stamped gets its label from the watcher in time", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.gate.stop_after = 1; // right behind the start
  world.poll();
  world.gate.stop_after.reset();
  REQUIRE(world.executor.starts() == 1);
  REQUIRE_FALSE(world.tracker.has(issue, "agent-in-progress"));
  world.gate.kill_switch = TickGate::KillSwitch::on; // so that no poll comes
  world.watch();
  CHECK_FALSE(world.tracker.has(issue, "agent-in-progress"));
  world.clock.advance(world.config.limits.tick_deadline * 3);
  world.watch();
  CHECK(world.tracker.has(issue, "agent-in-progress"));
  world.clock.advance(world.config.lifecycle.stall_limit);
  world.watch();
  world.watch();
  CHECK(world.executor.live_turns().empty()); // its limits hold again
}

TEST_CASE("an ending that was carried out is not concluded again at each look", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  world.executor.end(world.executor.live_turns().front(), TurnOutcome::failed);
  world.clock.advance(minute * 4);
  world.watch();
  REQUIRE_FALSE(world.tracker.has(issue, "agent-in-progress"));
  world.clock.advance(minute);
  world.tracker.label(issue, "needs-info", Target::on, person("ada")); // lists it again
  int interrupts = 0;
  world.faults.judge = [&](std::string_view call) {
    interrupts += call == "interrupt" ? 1 : 0;
    return Fate::works;
  };
  world.watch();
  CHECK(interrupts == 0);
}

TEST_CASE("an ending that poll has to finish keeps its evidence on the card", "[forge][poll]") {
  LoopWorld world;
  by_pull_request(world, LastStage::review, AutoMerge::off);
  const IssueRef issue = start(world);
  judge(world, CheckState::passed);
  world.gate.stop_after = 2; // the card announces the ending, and nothing more was done
  look(world);
  world.gate.stop_after.reset();
  world.tracker.label(issue, "agent-in-progress", Target::off, person("ada"));
  world.poll();
  CHECK_FALSE(world.tracker.has(issue, "ready-for-agent"));
  CHECK(world.tracker.has(issue, "ready-for-human"));
  REQUIRE(world.tracker.look(issue).comments.size() == 1);
  const std::string& card = world.tracker.look(issue).comments.front().body;
  CHECK(card.find("[x] pushed") != std::string::npos);
  CHECK(card.find("pull request: <https://forge.example/pull/100>") != std::string::npos);
}

TEST_CASE("a disk that stays full reaches a person like any refusal", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  world.let_everybody_finish();
  world.watch();
  world.let_everybody_finish();
  world.faults.error = {ErrorKind::io, "no space left on device"};
  world.faults.judge = [](std::string_view call) { return call == "push" ? Fate::never_arrives : Fate::works; };
  world.watch();
  CHECK_FALSE(world.tracker.has(issue, "ready-for-human"));
  world.clock.advance(world.config.lifecycle.unreachable_after + minute);
  world.watch();
  CHECK(world.tracker.has(issue, "ready-for-human"));
}

namespace {

// What counts of a world whose story is over.
struct Outcome {
  std::vector<std::string> labels;
  IssueState state = IssueState::open;
  std::size_t starts = 0;
  std::size_t openings = 0;
  std::size_t merges = 0;
  int reruns = 0;
  std::size_t comments = 0;
  bool branch_left = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// A flaky check, a broken one, a fix and a merge; one tick of it is stopped, or loses an answer.
Outcome run_story(std::optional<int> stop_after, std::optional<int> lose_call, int disturbed_look, int& steps) {
  LoopWorld world;
  by_pull_request(world, LastStage::merged, AutoMerge::on);
  const IssueRef issue = world.arm(1);
  world.poll();
  int seen = 0;
  std::map<std::string, int> judged;
  for (int number = 0; number < 30; ++number) {
    world.let_everybody_finish();
    const std::string head = head_of(world);
    const auto pull = world.forge.newest();
    const auto is_pending = [&] {
      return world.forge.was_judged(head) && world.forge.reruns() > 0 && judged[head] == 1;
    };
    if (!head.empty() && (!world.forge.was_judged(head) || is_pending())) {
      const bool first = head == pull->order.head; // of two heads the first is broken
      world.forge.check(head, "unit", first ? CheckState::failed : CheckState::passed);
      ++judged[head];
    }
    const bool disturbed = number == disturbed_look;
    world.gate.stop_after = disturbed ? stop_after : std::nullopt;
    int calls = 0;
    world.faults.judge = [&](std::string_view call) {
      const bool read = call.starts_with("inspect") || call == "look" || call == "observe" || call == "compare" ||
                        call.starts_with("fetch") || call.starts_with("list");
      return disturbed && !read && lose_call && calls++ == *lose_call ? Fate::answer_lost : Fate::works;
    };
    world.watch();
    if (disturbed)
      seen = world.gate.time_looks;
    world.gate.stop_after.reset();
    world.clock.advance(minute * 4);
  }
  steps = seen;
  const IssueRecord& record = world.tracker.look(issue);
  Outcome outcome{record.labels,        record.state,         world.executor.starts(), world.forge.openings(),
                  world.forge.merges(), world.forge.reruns(), record.comments.size(),  false};
  std::ranges::sort(outcome.labels);
  outcome.branch_left = !world.executor.branch_head(world.forge.newest()->order.branch).empty();
  return outcome;
}

} // namespace

TEST_CASE("a look at a forge that is stopped, or loses an answer, is made good by the next ones", "[forge][crash]") {
  int steps = 0;
  const Outcome undisturbed = run_story(std::nullopt, std::nullopt, -1, steps);
  CHECK(undisturbed.state == IssueState::closed);
  CHECK(undisturbed.merges == 1);
  CHECK(undisturbed.starts == 2);
  CHECK(undisturbed.reruns == 1);
  CHECK_FALSE(undisturbed.branch_left);
  int tried = 0;
  for (int look = 0; look < 12; ++look) {
    static_cast<void>(run_story(std::nullopt, std::nullopt, look, steps));
    for (int step = 0; step <= steps; ++step, ++tried) {
      int ignored = 0;
      INFO("look " << look << " stopped after step " << step);
      Outcome stopped = run_story(step, std::nullopt, look, ignored);
      // A re-run that was announced and not ordered is not ordered again: the fix comes instead.
      CHECK(stopped.reruns <= 1);
      stopped.reruns = undisturbed.reruns;
      CHECK(stopped == undisturbed);
      INFO("look " << look << " loses the answer of write " << step);
      Outcome lost = run_story(std::nullopt, step, look, ignored);
      CHECK(lost.reruns <= 1);
      lost.reruns = undisturbed.reruns;
      CHECK(lost == undisturbed);
    }
  }
  CHECK(tried > 20);
}

TEST_CASE("the kill switch stops a forge's run before each effect", "[forge][gate]") {
  int effects = 0;
  for (int look_number = 0; look_number < 9; ++look_number) {
    LoopWorld world;
    by_pull_request(world, LastStage::merged, AutoMerge::on);
    world.forge.reruns_are_possible = look_number % 2 == 0;
    world.arm(1);
    world.poll();
    for (int number = 0; number < 12; ++number) {
      world.let_everybody_finish();
      const std::string head = head_of(world);
      const auto pull = world.forge.newest();
      if (!head.empty())
        judge(world, head == pull->order.head ? CheckState::failed : CheckState::passed);
      const auto count = [&] {
        return world.executor.starts() + world.executor.pushes() + world.forge.openings() + world.forge.merges() +
               static_cast<std::size_t>(world.forge.reruns());
      };
      const std::size_t before = count();
      // On from the first look at it (the tick's own), or from the second one, right before the effect.
      if (number == look_number)
        world.gate.on_after = look_number % 2;
      world.watch();
      if (number == look_number) {
        CHECK(count() == before);
        world.gate.on_after.reset();
        world.watch();
        effects += count() > before ? 1 : 0;
      }
      world.clock.advance(minute * 4);
    }
    CHECK(world.forge.merges() == 1);
  }
  CHECK(effects >= 4);
}

// The loop from tick to tick on ports in memory: order of effects, the kill switch before each of them, and going on
// where an earlier tick was stopped.

#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <algorithm>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

std::vector<std::string> label_events(const LoopWorld& world, const IssueRef& issue) {
  std::vector<std::string> texts;
  for (const IssueEvent& event : world.tracker.look(issue).events) {
    if (event.kind == IssueEventKind::closed)
      texts.emplace_back("closed");
    if (event.kind == IssueEventKind::labeled)
      texts.push_back("+" + event.label);
    if (event.kind == IssueEventKind::unlabeled)
      texts.push_back("-" + event.label);
  }
  return texts;
}

void tick_until_quiet(LoopWorld& world, int looks = 8) {
  for (int look = 0; look < looks; ++look) {
    world.watch();
    world.let_everybody_finish();
    world.clock.advance(std::chrono::minutes(1));
  }
}

// What counts of a world whose story is over.
struct Outcome {
  std::vector<std::string> labels;
  IssueState state = IssueState::open;
  std::vector<std::string> base;
  std::vector<std::string> rung;
  std::size_t starts = 0;
  std::size_t comments = 0;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(LoopWorld& world, const IssueRef& issue) {
  const IssueRecord& record = world.tracker.look(issue);
  Outcome outcome{
      record.labels,           record.state,          world.executor.base_of(issue.repository), world.notifier.rung,
      world.executor.starts(), record.comments.size()};
  std::ranges::sort(outcome.labels);
  // A crash between ring and record rings again, with the same key: the receiver drops it.
  const auto repeated = std::ranges::unique(outcome.rung);
  outcome.rung.erase(repeated.begin(), repeated.end());
  return outcome;
}

} // namespace

TEST_CASE("a ready issue is started, stamped and told of, in this order", "[poll]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  std::vector<std::string> calls;
  world.faults.judge = [&](std::string_view call) {
    if (call == "start" || call == "set_label" || call == "create_comment")
      calls.emplace_back(call);
    return Fate::works;
  };
  world.poll();
  CHECK(calls == std::vector<std::string>{"start", "set_label", "create_comment"});
  CHECK(world.tracker.has(issue, "agent-in-progress"));
  world.poll();
  CHECK(world.executor.starts() == 1);
}

TEST_CASE("work that lands closes its issue and takes the labels off, in-progress last", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  tick_until_quiet(world);
  CHECK(label_events(world, issue) == std::vector<std::string>{"+ready-for-agent", "+agent-in-progress", "closed",
                                                               "-ready-for-agent", "-agent-in-progress"});
  CHECK(world.executor.pushes() == 1);
  CHECK(world.notifier.rung.size() == 1);
}

TEST_CASE("a run that needs a person gets the new label before it loses the old ones", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  world.executor.end(world.executor.live_turns().front(), TurnOutcome::failed);
  world.clock.advance(std::chrono::minutes(4));
  world.watch();
  CHECK(label_events(world, issue) == std::vector<std::string>{"+ready-for-agent", "+agent-in-progress",
                                                               "+ready-for-human", "-ready-for-agent",
                                                               "-agent-in-progress"});
}

TEST_CASE("with the kill switch on poll asks nobody for anything", "[poll]") {
  LoopWorld world;
  world.arm(1);
  int calls = 0;
  world.faults.judge = [&](std::string_view) {
    ++calls;
    return Fate::works;
  };
  SECTION("switch") {
    world.gate.kill_switch = TickGate::KillSwitch::on;
  }
  SECTION("no allowlist") {
    world.config.allowlist.clear();
  }
  world.poll();
  CHECK(calls == 0);
}

TEST_CASE("a kill switch that is flipped during a tick stops it before its next effect", "[gate]") {
  // The switch is off for so many looks, then on: whatever the tick had decided by then, it starts nothing more.
  int effects = 0;
  for (int looks = 0; looks < 8; ++looks) {
    LoopWorld world;
    world.arm(1);
    world.gate.on_after = looks;
    world.poll();
    const int starts_seen = static_cast<int>(world.executor.starts());
    CHECK((starts_seen == 0 || looks >= 2)); // one look for the tick, one right before the start
    world.gate.on_after.reset();
    world.poll();
    REQUIRE(world.executor.starts() == 1);
    world.let_everybody_finish();
    world.watch();
    world.let_everybody_finish();
    world.gate.on_after = looks;
    world.watch(); // would push
    const int pushes_seen = static_cast<int>(world.executor.pushes());
    CHECK((pushes_seen == 0 || looks >= 2));
    effects += starts_seen + pushes_seen;
  }
  CHECK(effects > 0);
}

namespace {

using Play = void (*)(LoopWorld&);

struct StoryCase {
  const char* name;
  Play play; // after the poll, before the tick that is stopped
};

void play_landing(LoopWorld& world) {
  world.let_everybody_finish();
  world.watch();
  world.let_everybody_finish();
}

void play_failure(LoopWorld& world) {
  world.executor.end(world.executor.live_turns().front(), TurnOutcome::failed);
  world.clock.advance(std::chrono::minutes(4));
}

void play_question(LoopWorld& world) {
  const auto place = world.executor.live_turns().front();
  AgentReport report;
  report.result = DeclaredResult::blocked;
  report.question = "Which word?";
  world.executor.turn(place).report = report;
  world.executor.end(place, TurnOutcome::succeeded);
}

void play_nothing(LoopWorld&) {}

Outcome run_story(const StoryCase& story, std::optional<int> stop_after, std::optional<int> lose_call, int& steps) {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  int calls = 0;
  const auto one_tick_disturbed = [&](auto tick) {
    world.gate.stop_after = stop_after;
    world.faults.judge = [&](std::string_view call) {
      const bool write = call == "start" || call == "set_label" || call == "create_comment" || call == "edit_comment" ||
                         call == "close_issue" || call == "push" || call == "interrupt" || call == "keep_candidate";
      return write && lose_call && calls++ == *lose_call ? Fate::answer_lost : Fate::works;
    };
    tick();
    steps = std::max(steps, world.gate.time_looks);
    world.gate.stop_after.reset();
    world.faults.judge = [](std::string_view) { return Fate::works; };
  };
  if (story.play == play_nothing) {
    one_tick_disturbed([&] { world.poll(); });
    world.poll();
  } else {
    world.poll();
    story.play(world);
    one_tick_disturbed([&] { world.watch(); });
    one_tick_disturbed([&] { world.watch(); });
  }
  if (story.play != play_question)
    tick_until_quiet(world);
  else
    world.watch(), world.watch();
  return outcome_of(world, issue);
}

} // namespace

TEST_CASE("a tick that is stopped at any step, or loses any answer, is made good by the next ones", "[crash]") {
  const auto story = GENERATE(values<StoryCase>({{"dispatch", play_nothing},
                                                 {"landing", play_landing},
                                                 {"escalation", play_failure},
                                                 {"parking", play_question}}));
  INFO(story.name);
  int steps = 0;
  const Outcome undisturbed = run_story(story, std::nullopt, std::nullopt, steps);
  REQUIRE(steps > 2);
  for (int step = 0; step <= steps; ++step) {
    int ignored = 0;
    INFO("stopped after step " << step);
    CHECK(run_story(story, step, std::nullopt, ignored) == undisturbed);
  }
  for (int call = 0; call <= steps; ++call) {
    int ignored = 0;
    INFO("answer of write " << call << " lost");
    CHECK(run_story(story, std::nullopt, call, ignored) == undisturbed);
  }
}

TEST_CASE("a lost card is rebuilt, and the run goes on", "[card]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  world.tracker.remove_comments(issue);
  tick_until_quiet(world);
  CHECK(world.tracker.look(issue).state == IssueState::closed);
  CHECK(world.executor.starts() == 2); // the agent and the checks
  CHECK(world.tracker.look(issue).comments.size() == 1);
}

TEST_CASE("a lock that is not ours is reported and left alone", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.tracker.label(issue, "agent-in-progress", Target::on, person("ada"));
  const auto before = world.tracker.look(issue);
  const auto report = world.watch();
  REQUIRE(report.issues.size() == 1);
  CHECK(report.issues.front().row == 3);
  world.poll();
  CHECK(world.tracker.look(issue) == before);
  CHECK(world.executor.starts() == 0);
}

TEST_CASE("an arming that a person spent starts nothing, and its ready label goes", "[poll]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.tracker.label(issue, "ready-for-human", Target::on, person("ada"));
  world.tracker.label(issue, "ready-for-human", Target::off, person("ada"));
  world.poll();
  CHECK(world.executor.starts() == 0);
  CHECK_FALSE(world.tracker.has(issue, "ready-for-agent"));
}

TEST_CASE("an arming after another one rests for a tick's deadline", "[poll]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.tracker.label(issue, "ready-for-agent", Target::off, person("ada"));
  world.tracker.label(issue, "ready-for-agent", Target::on, person("ada"));
  world.poll();
  CHECK(world.executor.starts() == 0);
  world.clock.advance(world.config.limits.tick_deadline + std::chrono::seconds(1));
  world.poll();
  CHECK(world.executor.starts() == 1);
}

TEST_CASE("a doorbell is owed until it rings, and given up past its time", "[doorbell]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  play_landing(world);
  bool deaf = true;
  world.faults.judge = [&](std::string_view call) {
    return call == "ring" && deaf ? Fate::never_arrives : Fate::works;
  };
  world.watch();
  world.watch();
  CHECK(world.tracker.look(issue).state == IssueState::closed);
  CHECK(world.tracker.has(issue, "agent-in-progress"));
  SECTION("heard later") {
    deaf = false;
    world.watch();
    CHECK(world.notifier.rung.size() == 1);
  }
  SECTION("never heard") {
    world.clock.advance(world.config.lifecycle.unreachable_after + std::chrono::minutes(1));
    world.watch();
    CHECK(world.notifier.rung.empty());
  }
  CHECK_FALSE(world.tracker.has(issue, "agent-in-progress"));
}

TEST_CASE("a dispatch that keeps failing goes to a person", "[poll]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.faults.judge = [](std::string_view call) { return call == "start" ? Fate::never_arrives : Fate::works; };
  world.poll();
  CHECK_FALSE(world.tracker.has(issue, "agent-in-progress"));
  CHECK(world.tracker.has(issue, "ready-for-agent"));
  world.clock.advance(world.config.lifecycle.unreachable_after + std::chrono::minutes(1));
  world.poll();
  CHECK(world.tracker.has(issue, "ready-for-human"));
  CHECK_FALSE(world.tracker.has(issue, "ready-for-agent"));
  CHECK(world.executor.starts() == 0);
}

TEST_CASE("clocks stand still while a run is held", "[watch]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  world.tracker.label(issue, "paused", Target::on, person("ada"));
  world.let_everybody_finish();
  world.watch();
  world.clock.advance(world.config.lifecycle.run_limit * 3);
  world.watch();
  world.tracker.label(issue, "paused", Target::off, person("ada"));
  tick_until_quiet(world);
  CHECK(world.tracker.look(issue).state == IssueState::closed);
}

TEST_CASE("each question of a turn has a bell and an answer of its own", "[question]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  const std::string asks = world.config.labels.question;
  const auto answer = [&](const std::string& text) {
    world.clock.advance(std::chrono::minutes(1));
    world.tracker.comment(issue, text, person("ada"));
    world.tracker.label(issue, asks, Target::off, person("ada"));
    world.clock.advance(std::chrono::minutes(1));
    world.poll();
    world.watch();
  };
  world.poll();
  const auto place = world.executor.live_turns().front();
  world.executor.ask(place, "one", "May I run make?");
  world.watch();
  REQUIRE(world.tracker.has(issue, asks));
  REQUIRE(world.notifier.rung.size() == 1);
  const std::map<std::string, std::string> consent{{"one", "yes"}};

  SECTION("two are open at once") {
    world.executor.ask(place, "two", "May I remove everything?");
    answer("yes");
    CHECK(world.executor.answers() == consent);
  }
  SECTION("the second one comes right after the answer to the first") {
    answer("yes");
    CHECK(world.executor.answers() == consent);
    world.executor.ask(place, "two", "May I remove everything?"); // no tick saw the turn at work
  }
  SECTION("another one is open by the time of the answer") {
    world.executor.ask(place, "two", "May I remove everything?");
    world.executor.withdraw(place, "one");
    answer("yes");
    CHECK(world.executor.answers().empty());
  }
  world.watch();
  CHECK_FALSE(world.executor.answers().contains("two"));
  CHECK(world.tracker.has(issue, asks));
  CHECK(world.notifier.rung.size() == 2);
  answer("no");
  CHECK(world.executor.answers().at("two") == "no");
}

TEST_CASE("an answer that a hold keeps back, or that is lost on its way, is given all the same", "[question]") {
  LoopWorld world;
  const IssueRef issue = world.arm(1);
  world.poll();
  world.executor.ask(world.executor.live_turns().front(), "one", "May I run make?");
  world.watch();
  world.clock.advance(std::chrono::minutes(1));
  world.tracker.comment(issue, "yes", person("ada"));
  world.tracker.label(issue, world.config.labels.question, Target::off, person("ada"));
  world.clock.advance(std::chrono::hours(1));
  world.faults.judge = [](std::string_view call) { return call == "answer" ? Fate::never_arrives : Fate::works; };
  world.poll();
  world.watch();
  CHECK(world.executor.answers().empty());
  world.faults.judge = [](std::string_view) { return Fate::works; };
  world.watch();
  CHECK(world.executor.answers().at("one") == "yes");
}

TEST_CASE("a run that its executor cannot show keeps no other one back", "[watch]") {
  LoopWorld world;
  world.config.policy.slots_per_repository = 2;
  const IssueRef shown = world.arm(1);
  const IssueRef hidden = world.arm(2);
  world.poll();
  REQUIRE(world.executor.starts() == 2);
  for (const auto& place : world.executor.live_turns())
    if (world.executor.order(place.turn).issue == hidden)
      world.executor.hide(place.attempt.run);
  tick_until_quiet(world);
  CHECK(world.tracker.look(shown).state == IssueState::closed);
  CHECK(world.tracker.look(hidden).state == IssueState::open);
  CHECK(world.tracker.has(hidden, world.config.labels.in_progress));
}

#pragma once
// The loop on ports in memory: one repository acme/app, a tracker, an executor and one doorbell, with a clock that
// stands still until a test moves it.

#include <afk/loop/poller.hpp>
#include <afk/loop/watcher.hpp>

#include <support/digest.hpp>
#include <support/fake_clock.hpp>
#include <support/fake_executor.hpp>
#include <support/fake_forge.hpp>
#include <support/fake_tracker.hpp>

#include <optional>
#include <string>
#include <vector>

namespace afk::test {

// Stops a tick after so many looks at the time, which come before each step, and turns the kill switch on after so many
// looks at it.
class FakeGate final : public TickGate {
 public:
  KillSwitch read_kill_switch() override {
    ++switch_looks;
    return kill_switch == KillSwitch::on || (on_after && switch_looks > *on_after) ? KillSwitch::on : KillSwitch::off;
  }

  Time read_time() override {
    ++time_looks;
    return stop_after && time_looks > *stop_after ? Time::stop_requested : Time::left;
  }

  void start_tick() { switch_looks = time_looks = 0; }

  KillSwitch kill_switch = KillSwitch::off;
  std::optional<int> on_after;
  std::optional<int> stop_after;
  int switch_looks = 0;
  int time_looks = 0;
};

class FakeNotifier final : public Notifier {
 public:
  explicit FakeNotifier(Faults& faults) : faults_(faults) {}

  [[nodiscard]] std::string name() const override { return "bell"; }

  [[nodiscard]] Interest interest(Ending) const override { return Interest::wanted; }

  Result<void> ring(const Doorbell& doorbell) override {
    return faults_.carry_out("ring", [&] {
      rung.push_back(doorbell.key);
      return Result<void>();
    });
  }

  std::vector<std::string> rung;

 private:
  Faults& faults_;
};

struct LoopWorld {
  LoopWorld() {
    config.allowlist = {{{"acme", "app"}, std::nullopt}};
    config.trust.labelers = {{"", "ada"}};
    config.agents = {{"script", AgentSettings{.argv = {"agent"}, .max_concurrent = 8}}};
    config.routing.default_agent = "script";
    config.checks.commands = {"./check.sh"};
    config.lifecycle.turn_end_grace = std::chrono::minutes(3);
  }

  [[nodiscard]] loop::TickContext context() {
    return {.config = config,
            .tracker = tracker,
            .executors = {{"local", &executor}},
            .landings = {{"local", &executor}},
            .notifiers = {&notifier},
            .gate = gate,
            .clock = clock,
            .random = random,
            .digest = make_reference_digest(),
            .card_keys = {},
            .prompt_template = "",
            .version = "test",
            .only = std::nullopt,
            .pull_requests = with_forge ? &forge : nullptr,
            .checks = with_forge ? &forge : nullptr,
            .deployments = with_forge ? &forge : nullptr};
  }

  // A forge beside the tracker, whose checks judge; runs land by pull request unless `landing` says push.
  void add_forge(LandingMode landing, LastStage last_stage, AutoMerge auto_merge) {
    with_forge = true;
    config.tracker.kind = TrackerKind::github;
    config.trust.labeler = TrustSettings::Labeler::listed;
    config.checks.commands.clear();
    config.lifecycle.landing = landing;
    config.lifecycle.last_stage = last_stage;
    config.lifecycle.auto_merge = auto_merge;
    config.deployment.kind = DeploymentKind::forge;
    executor.landing = landing;
  }

  loop::TickReport poll() {
    gate.start_tick();
    return loop::poll_tick(context());
  }

  loop::TickReport watch() {
    gate.start_tick();
    return loop::watch_tick(context());
  }

  // An issue that ada armed.
  IssueRef arm(int number) {
    const IssueRef issue{{"acme", "app"}, number};
    tracker.open(issue);
    tracker.label(issue, config.labels.ready, TrackerWrites::LabelTarget::on, person("ada"));
    return issue;
  }

  // Every live turn ends well: agents commit, checks pass.
  void let_everybody_finish() {
    for (const auto& place : executor.live_turns()) {
      if (executor.turn(place).kind != TurnKind::verify)
        executor.commit(place, FakeExecutor::Merges::base);
      executor.end(place, TurnOutcome::succeeded);
    }
  }

  Config config;
  FakeClock clock;
  FakeRandom random;
  Faults faults;
  FakeTracker tracker{clock, faults};
  FakeExecutor executor{clock, faults};
  FakeForge forge{clock, faults, executor};
  bool with_forge = false;
  FakeNotifier notifier{faults};
  FakeGate gate;
};

} // namespace afk::test

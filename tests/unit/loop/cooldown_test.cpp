// A provider's usage limit: the run waits, and no other run starts with the same credential.

#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <algorithm>

using namespace afk;
using namespace afk::test;

namespace {

struct LimitedWorld : LoopWorld {
  LimitedWorld() {
    config.policy.slots_per_repository = 4;
    config.agents["twin"] = config.agents.at("script"); // the same program, and so the same credential
    config.agents["other"] = AgentSettings{.argv = {"other"}, .max_concurrent = 8, .credentials_env = {"OTHER_KEY"}};
  }

  // The first run meets the limit and its card says so.
  void meet_limit(std::optional<Timestamp> until) {
    arm(1);
    poll();
    const auto place = executor.live_turns().front();
    executor.turn(place).limited_until = until;
    executor.end(place, TurnOutcome::usage_limited);
    watch();
  }

  [[nodiscard]] std::string cooldown_of(const loop::TickReport& report, const IssueRef& issue) const {
    const auto one = std::ranges::find(report.issues, issue, &loop::IssueReport::issue);
    if (one == report.issues.end())
      return "(no report)";
    const auto found = std::ranges::find(one->gates, "cooldown", &GateVerdict::name);
    return found == one->gates.end() ? "(no gate)" : found->reason;
  }
};

} // namespace

TEST_CASE("while a run waits for its limit nothing starts with the same credential") {
  LimitedWorld world;
  const Timestamp until = world.clock.now() + std::chrono::hours(2);
  world.meet_limit(until);
  const IssueRef second = world.arm(2);
  const std::size_t starts = world.executor.starts();
  world.clock.advance(std::chrono::minutes(5));
  CHECK(world.cooldown_of(world.poll(), second) == "cooling down until " + render_timestamp(until));
  CHECK(world.executor.starts() == starts);

  world.config.routing.default_agent = "twin";
  CHECK(world.cooldown_of(world.poll(), second) == "cooling down until " + render_timestamp(until));

  world.config.routing.default_agent = "other";
  world.poll();
  CHECK(world.executor.starts() == starts + 1);
}

TEST_CASE("after the limit the same turn runs again, and others start") {
  LimitedWorld world;
  world.meet_limit(world.clock.now() + std::chrono::hours(2));
  const IssueRef second = world.arm(2);
  world.clock.advance(std::chrono::minutes(121));
  const std::size_t starts = world.executor.starts();
  world.watch();
  CHECK(world.executor.starts() == starts + 1);
  world.poll();
  CHECK(world.executor.starts() == starts + 2);
  CHECK(world.tracker.look(second).labels.size() == 2);
}

TEST_CASE("a limit without an end is asked about again after an hour") {
  LimitedWorld world;
  world.meet_limit(std::nullopt);
  const IssueRef second = world.arm(2);
  world.clock.advance(std::chrono::minutes(59));
  CHECK(world.cooldown_of(world.poll(), second).starts_with("cooling down until"));
  world.clock.advance(std::chrono::minutes(2));
  const std::size_t starts = world.executor.starts();
  world.poll();
  CHECK(world.executor.starts() == starts + 1);
}

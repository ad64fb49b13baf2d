// Whole ticks of the loop against a T3 Code server: how often they ask it, and what people hear of it.

#include <contract/t3/t3_bench.hpp>

#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace afk;
using namespace afk::test;

namespace {

class Listener final : public Notifier {
 public:
  [[nodiscard]] std::string name() const override { return "listener"; }

  [[nodiscard]] Interest interest(Ending) const override { return Interest::wanted; }

  Result<void> ring(const Doorbell& doorbell) override {
    heard.push_back(doorbell.message);
    return {};
  }

  std::vector<std::string> heard;
};

struct TickWorld {
  TickWorld() : server(setup()), transport(server) {}

  FakeT3::Setup setup() {
    FakeT3::Setup setup = idle_agents();
    setup.now = [this] { return loop.clock.now(); };
    return setup;
  }

  enum class Kind : std::uint8_t { poll, watch };

  // A program of its own; answers how many requests the server got.
  int tick(Kind kind) {
    const int before = transport.requests();
    T3Tick tick(transport, digest);
    loop::TickContext context = loop.context();
    context.executors = {{"local", &tick.executor()}};
    context.notifiers = {&listener};
    loop.gate.start_tick();
    static_cast<void>(kind == Kind::poll ? loop::poll_tick(context) : loop::watch_tick(context));
    return transport.requests() - before;
  }

  Digest digest = adapter::make_digest();
  LoopWorld loop;
  Listener listener;
  FakeT3 server;
  FakeT3Transport transport;
};

using Kind = TickWorld::Kind;

} // namespace

TEST_CASE("a watch over two hundred runs in flight asks the server twice", "[t3]") {
  constexpr int runs = 200;
  TickWorld world;
  world.loop.config.agents.at("script").max_concurrent = runs;
  world.loop.config.policy.max_in_flight = runs;
  world.loop.config.policy.slots_per_repository = runs;
  for (int number = 1; number <= runs; ++number)
    world.loop.arm(number);
  world.tick(Kind::poll);
  REQUIRE(world.server.live_threads().size() == runs);
  const int used = world.tick(Kind::watch);
  fmt::print("T3, a watch over {} runs in flight: {} requests\n", runs, used);
  CHECK(used <= 2);
  CHECK(world.server.live_threads().size() == runs);
}

TEST_CASE("a question rings with the link to its thread, and each one for itself", "[t3]") {
  TickWorld world;
  const IssueRef issue = world.loop.arm(1);
  world.tick(Kind::poll);
  REQUIRE(world.server.threads().size() == 1);
  const std::string thread = world.server.threads().front();
  world.server.ask_approval(thread, "command", "make");
  world.tick(Kind::watch);
  REQUIRE(world.listener.heard.size() == 1);
  const std::string link = "http://127.0.0.1:3773/5c02a310-0000-4000-8000-000000000001/" + thread;
  CHECK(world.listener.heard.front().find(link) != std::string::npos);
  CHECK(world.listener.heard.front().find("make") != std::string::npos);

  world.server.ask_approval(thread, "command", "rm -rf /"); // nobody has been told of this one
  world.loop.clock.advance(std::chrono::minutes(1));
  world.loop.tracker.comment(issue, "yes", person("ada"));
  world.loop.tracker.label(issue, world.loop.config.labels.question, TrackerWrites::LabelTarget::off, person("ada"));
  world.loop.clock.advance(std::chrono::minutes(1));
  for (int round = 0; round < 3; ++round) {
    world.tick(Kind::poll);
    world.tick(Kind::watch);
  }
  CHECK(world.server.row(thread)["hasPendingApprovals"] == true);
  CHECK(world.loop.tracker.has(issue, world.loop.config.labels.question));
  REQUIRE(world.listener.heard.size() == 2);
  CHECK(world.listener.heard.back().find("rm -rf /") != std::string::npos);
}

// What ticks cost on a GitHub, in round trips that wait for each other, requests and points: constants. A tick is as
// long as its round trips, and a token has 5,000 requests and 5,000 points an hour.
#include <contract/github/github_world.hpp>
#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <afk/loop/people.hpp>

#include <fmt/format.h>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

namespace {

struct Spent {
  int round_trips = 0;
  int requests = 0;
  std::int64_t points = 0;
};

// Notes what was spent when work began: the kill switch is read directly before.
class SpendingGate final : public TickGate {
 public:
  explicit SpendingGate(const http::CountingTransport& counting) : counting_(counting) {}

  KillSwitch read_kill_switch() override {
    looks.push_back(counting_.round_trips());
    return KillSwitch::off;
  }

  Time read_time() override { return Time::left; }

  std::vector<int> looks; // round trips by then
 private:
  const http::CountingTransport& counting_;
};

// The loop on a GitHub: agents in memory, everything else over the wire.
struct BudgetWorld : GithubWorld {
  explicit BudgetWorld(GithubApi api, int repositories) : GithubWorld(api) {
    forge.add_account("ada");
    for (int index = 0; index < repositories; ++index) {
      const RepositoryName name{"acme", fmt::format("app-{}", index)};
      forge.create_repository(name);
      loop.config.allowlist.push_back({name, std::nullopt});
    }
    loop.config.allowlist.erase(loop.config.allowlist.begin());
    loop.config.tracker.kind = TrackerKind::github;
    loop.config.trust.labelers.clear();
    loop.config.trust.labeler = TrustSettings::Labeler::write;
    loop.config.policy.red_base = PolicySettings::RedBase::ignore;
    loop.config.policy.max_in_flight = 1000;
    loop.config.agents.at("script").max_concurrent = 1000;
  }

  IssueRef arm(const RepositoryName& repository, std::string_view body = "Please.") {
    forge.set_role(repository, "ada", "write");
    const IssueRef issue = forge.create_issue(repository, "Say hello", body);
    forge.put_label(issue, loop.config.labels.ready, "ada");
    return issue;
  }

  afk::loop::TickReport run(afk::loop::TickReport (*tick)(const afk::loop::TickContext&)) {
    auto connection = connect();
    afk::loop::People people(connection->permissions);
    const auto requests_before = forge.requests().size();
    const int trips_before = counting.round_trips();
    gate.looks.clear();
    afk::loop::TickContext context{.config = loop.config,
                                   .tracker = connection->tracker,
                                   .executors = {{"local", &loop.executor}},
                                   .landings = {{"local", &loop.executor}},
                                   .notifiers = {&loop.notifier},
                                   .gate = gate,
                                   .clock = clock,
                                   .random = loop.random,
                                   .digest = make_reference_digest(),
                                   .card_keys = {},
                                   .prompt_template = "",
                                   .version = "test",
                                   .only = std::nullopt};
    context.people = &people;
    auto report = tick(context);
    spent = {.round_trips = counting.round_trips() - trips_before,
             .requests = static_cast<int>(forge.requests().size() - requests_before),
             .points = connection->client.points()};
    before_work = gate.looks.size() > 2 ? gate.looks[2] - trips_before : -1;
    return report;
  }

  LoopWorld loop;
  SpendingGate gate{counting};
  Spent spent;
  int before_work = -1; // round trips before the first dispatch
};

} // namespace

TEST_CASE("a quiet poll is one round trip, whatever the number of repositories") {
  struct Case {
    int repositories;
    int requests;
    std::int64_t points;
  };

  const auto given = GENERATE(values<Case>({{10, 1, 1}, {100, 1, 2}, {1000, 4, 20}}));
  BudgetWorld world(GithubApi::graphql, given.repositories);
  const auto report = world.run(afk::loop::poll_tick);
  CHECK(!report.fatal);
  CHECK(report.errors.empty());
  CHECK(world.spent.round_trips == 1);
  CHECK(world.spent.requests == given.requests);
  CHECK(world.spent.points == given.points);
}

TEST_CASE("a busy poll starts its first agent after three round trips") {
  const int repositories = GENERATE(1, 10);
  BudgetWorld world(GithubApi::graphql, repositories);
  for (const AllowlistEntry& entry : world.loop.config.allowlist) {
    const IssueRef closed = world.forge.create_issue(entry.repository, "Done", "");
    world.forge.close(closed, "completed", "ada");
    world.arm(entry.repository, "Blocked by #1");
    world.arm(entry.repository);
  }
  world.clock.advance(std::chrono::minutes(5));
  const auto report = world.run(afk::loop::poll_tick);
  CHECK(report.errors.empty());
  CHECK(world.before_work == 3);
  int dispatched = 0;
  for (const auto& issue : report.issues) {
    dispatched += issue.verdict == afk::loop::Verdict::dispatched ? 1 : 0;
  }
  CHECK(dispatched == repositories);
}

TEST_CASE("a backlog behind a taken slot costs no look at it") {
  BudgetWorld world(GithubApi::graphql, 1);
  const RepositoryName repository = world.loop.config.allowlist.front().repository;
  for (int index = 0; index < 30; ++index) {
    world.arm(repository);
  }
  world.clock.advance(std::chrono::minutes(5));
  world.run(afk::loop::poll_tick); // takes the slot
  world.clock.advance(std::chrono::minutes(5));
  const auto report = world.run(afk::loop::poll_tick);
  CHECK(report.issues.size() == 30);
  CHECK(world.spent.round_trips == 1);
  CHECK(world.spent.requests == 1);
}

TEST_CASE("a watch over runs in flight is two round trips") {
  struct Case {
    int runs;
    int requests;
    std::int64_t points;
  };

  const auto given = GENERATE(values<Case>({{10, 2, 3}, {100, 6, 17}}));
  BudgetWorld world(GithubApi::graphql, given.runs);
  for (const AllowlistEntry& entry : world.loop.config.allowlist) {
    world.arm(entry.repository);
  }
  world.clock.advance(std::chrono::minutes(5));
  for (int tick = 0; tick < 6; ++tick) { // a hundred cards are more than GitHub takes in a minute
    world.run(afk::loop::poll_tick);
    world.clock.advance(std::chrono::minutes(2));
    world.run(afk::loop::watch_tick);
    world.clock.advance(std::chrono::minutes(2));
  }
  CHECK(world.loop.executor.live_turns().size() == static_cast<std::size_t>(given.runs));
  const auto report = world.run(afk::loop::watch_tick);
  CHECK(report.errors.empty());
  CHECK(report.issues.size() == static_cast<std::size_t>(given.runs));
  CHECK(world.spent.round_trips == 2);
  CHECK(world.spent.requests == given.requests);
  CHECK(world.spent.points == given.points);
}

TEST_CASE("by REST alone a quiet poll is one round trip of three requests for each repository") {
  BudgetWorld world(GithubApi::rest, 10);
  const auto report = world.run(afk::loop::poll_tick);
  CHECK(report.errors.empty());
  CHECK(world.spent.round_trips == 1);
  CHECK(world.spent.requests == 30);
}

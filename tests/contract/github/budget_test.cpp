// What ticks cost on a GitHub, in round trips that wait for each other, requests and points: constants. A tick is as
// long as its round trips, and a token has 5,000 requests and 5,000 points an hour.
#include <contract/github/github_loop.hpp>
#include <support/catch.hpp>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

TEST_CASE("a quiet poll is one round trip, whatever the number of repositories") {
  struct Case {
    int repositories;
    int requests;
    std::int64_t points;
  };

  const auto given = GENERATE(values<Case>({{10, 1, 1}, {100, 1, 2}, {1000, 4, 20}}));
  GithubLoop world(GithubApi::graphql, given.repositories);
  const auto report = world.run(afk::loop::poll_tick);
  CHECK(!report.fatal);
  CHECK(report.errors.empty());
  CHECK(world.spent.round_trips == 1);
  CHECK(world.spent.requests == given.requests);
  CHECK(world.spent.points == given.points);
}

TEST_CASE("a busy poll starts its first agent after three round trips") {
  const int repositories = GENERATE(1, 10);
  GithubLoop world(GithubApi::graphql, repositories);
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
  GithubLoop world(GithubApi::graphql, 1);
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
  GithubLoop world(GithubApi::graphql, given.runs);
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
  GithubLoop world(GithubApi::rest, 10);
  const auto report = world.run(afk::loop::poll_tick);
  CHECK(report.errors.empty());
  CHECK(world.spent.round_trips == 1);
  CHECK(world.spent.requests == 30);
}

#include <contract/github/github_world.hpp>
#include <support/catch.hpp>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

namespace {

Result<RepositoryListing> list(GithubConnection& connection) {
  auto listings = connection.tracker.list_issues(std::span(&github_home, 1), {{"ready-for-agent"}, {}});
  return std::move(listings.front());
}

} // namespace

TEST_CASE("a limit that was passed ends the asking until its time is over") {
  struct Case {
    std::string name;
    GithubApi api;
    FakeFault fault;
    int seconds;
  };

  const auto given = GENERATE(values<Case>({
      {"secondary, 403", GithubApi::rest, FakeFault::secondary_403, 60},
      {"secondary, 429", GithubApi::rest, FakeFault::secondary_429, 60},
      {"primary, 403", GithubApi::rest, FakeFault::primary_limit, 600},
      {"secondary, 403, graphql", GithubApi::graphql, FakeFault::secondary_403, 60},
      {"secondary in 200", GithubApi::graphql, FakeFault::secondary_in_200, 60},
      {"primary in 200", GithubApi::graphql, FakeFault::primary_in_200, 600},
  }));
  CAPTURE(given.name);
  GithubWorld world(given.api);
  world.forge.create_repository(github_home);
  world.forge.inject({.fault = given.fault, .match = "", .skip = 0, .times = 1});
  auto connection = world.connect();
  const auto first = list(*connection);
  REQUIRE(!first.ok());
  CHECK(first.error().kind == ErrorKind::rate_limited);
  REQUIRE(first.error().retry_after.has_value());
  const std::size_t asked = world.forge.requests().size();
  const auto second = list(*connection);
  REQUIRE(!second.ok());
  CHECK(second.error().kind == ErrorKind::rate_limited);
  CHECK(second.error().message.find("before 2026-") != std::string::npos);
  CHECK(world.forge.requests().size() == asked);
  world.clock.advance(std::chrono::seconds(given.seconds + 1));
  CHECK(list(*connection).ok());
}

TEST_CASE("what is left for people is not asked for") {
  const GithubApi api = GENERATE(GithubApi::graphql, GithubApi::rest);
  GithubWorld world(api);
  world.forge.create_repository(github_home);
  world.forge.change([](github::State& state) {
    state.core.used = 4490;
    state.graph.used = 4490;
  });
  auto settings = world.settings();
  settings.reserve = 500;
  auto connection = world.connect(settings);
  int answered = 0;
  Result<RepositoryListing> listing = list(*connection);
  for (; listing.ok() && answered < 40; ++answered) {
    listing = list(*connection);
  }
  REQUIRE(!listing.ok());
  CHECK(answered > 0);
  CHECK(listing.error().kind == ErrorKind::rate_limited);
  CHECK(listing.error().message.find("kept for people") != std::string::npos);
  CHECK(listing.error().message.find("2026-11-20T1") != std::string::npos); // when it is renewed
}

TEST_CASE("an answer that is none is an error of its kind, and nothing is gone") {
  const GithubApi api = GENERATE(GithubApi::graphql, GithubApi::rest);
  GithubWorld world(api);
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  const auto given = GENERATE(values<std::pair<FakeFault, ErrorKind>>({
      {FakeFault::server_error, ErrorKind::unreachable},
      {FakeFault::lost_before, ErrorKind::unreachable},
      {FakeFault::page_with_200, ErrorKind::malformed},
      {FakeFault::unauthorized, ErrorKind::unauthorized},
      {FakeFault::graph_timeout, ErrorKind::unreachable},
  }));
  world.forge.inject({.fault = given.first, .match = "", .skip = 0, .times = 20});
  auto connection = world.connect();
  const auto listing = list(*connection);
  REQUIRE(!listing.ok());
  CHECK(listing.error().kind == given.second);
  const auto records = connection->tracker.fetch_issues(std::span(&issue, 1));
  REQUIRE(!records.front().ok());
  CHECK(records.front().error().kind == given.second);
  CHECK(records.front().error().message.find(world.forge.settings().token) == std::string::npos);
}

TEST_CASE("the time is GitHub's") {
  GithubWorld world;
  world.forge.create_repository(github_home);
  auto connection = world.connect();
  REQUIRE(list(*connection).ok());
  CHECK(connection->tracker.fetch_time().value() == world.clock.now());
  world.clock.advance(std::chrono::seconds(7));
  CHECK(connection->tracker.fetch_time().value() == world.clock.now());
  CHECK(world.counting.round_trips() == 1); // the time came along
}

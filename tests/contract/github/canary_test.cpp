// A canary: a token that must turn up nowhere but in the header that carries it. Every request, every error, every
// record and every comment of a tick is searched, whatever goes wrong meanwhile; and the search itself is shown to find
// a token that was planted in each of these places.
#include <contract/github/github_world.hpp>
#include <support/catch.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/token_source.hpp>
#include <afk/core/redactor.hpp>

#include <fmt/format.h>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

namespace {

const std::string canary = "ghp_CANARYcanaryCANARYcanaryCANARYcanary99";

// Everything that a tick leaves behind, by where it stands.
using Traces = std::map<std::string, std::string>;

std::vector<std::string> find_canary(const Traces& traces) {
  std::vector<std::string> found;
  for (const auto& [place, text] : traces) {
    if (text.find(canary) != std::string::npos) {
      found.push_back(place);
    }
  }
  return found;
}

template <typename T>
std::string told(const Result<T>& result) {
  return result.ok() ? "" : result.error().message;
}

void add_requests(const GithubWorld& world, Traces& traces) {
  for (const ReceivedRequest& request : world.forge.requests()) {
    traces["request line"] += request.method + " " + request.target + "\n";
    traces["request body"] += request.body + "\n";
    for (const auto& [name, value] : request.headers) {
      if (name != "authorization") {
        traces["other headers"] += name + ": " + value + "\n";
      }
    }
  }
}

void add_record(const IssueRecord& record, Traces& traces) {
  traces["record"] += record.title + record.body + record.url;
  for (const Comment& comment : record.comments) {
    traces["comments"] += comment.body;
  }
}

FakeGithubSettings canary_settings() {
  FakeGithubSettings settings;
  settings.token = canary;
  return settings;
}

} // namespace

TEST_CASE("the token stands in its own header and nowhere else, whatever goes wrong") {
  const GithubApi api = GENERATE(GithubApi::graphql, GithubApi::rest);
  const auto fault = GENERATE(values<std::optional<FakeFault>>(
      {std::nullopt, FakeFault::server_error, FakeFault::page_with_200, FakeFault::secondary_403,
       FakeFault::unauthorized, FakeFault::forbidden, FakeFault::lost_after}));
  GithubWorld world(api, canary_settings());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "text");
  auto connection = world.connect();
  Traces traces;
  if (fault) {
    world.forge.inject({.fault = *fault, .match = "", .skip = 2, .times = 3});
  }
  traces["errors"] +=
      told(connection->tracker.list_issues(std::span(&github_home, 1), {{"ready-for-agent"}, {}}).front());
  TrackerWrites& writes = connection->tracker.writes();
  traces["errors"] += told(writes.set_label(issue, "agent-in-progress", TrackerWrites::LabelTarget::on));
  traces["errors"] += told(writes.create_comment_once(issue, "card <!-- mark -->", "<!-- mark -->"));
  traces["errors"] += told(writes.close_issue(issue));
  auto fetched = connection->tracker.fetch_issues(std::span(&issue, 1));
  traces["errors"] += told(fetched.front());
  if (fetched.front().ok()) {
    add_record(*fetched.front(), traces);
  }
  add_requests(world, traces);
  REQUIRE(traces.contains("request line"));
  CHECK(find_canary(traces).empty());
  const std::string authorization = "Bearer " + canary;
  for (const ReceivedRequest& request : world.forge.requests()) {
    bool carried = false;
    for (const auto& [name, value] : request.headers) {
      carried = carried || (name == "authorization" && value == authorization);
    }
    CHECK(carried);
  }
}

TEST_CASE("the search finds a token that was planted in each place") {
  for (const std::string place : {"request line", "request body", "other headers", "errors", "record", "comments"}) {
    Traces traces{{"request line", "GET /"}, {"errors", "nothing"}};
    traces[place] += "before " + canary + " behind";
    CHECK(find_canary(traces) == std::vector<std::string>{place});
  }
}

TEST_CASE("a redactor that knows the token takes it out of every sink's text") {
  Redactor redactor;
  redactor.add(Secret(canary));
  for (const std::string& text :
       {canary, "Authorization: Bearer " + canary, "https://x:" + canary + "@github.com/a/b"}) {
    const Traces traces{{"sink", redactor.redact(text)}};
    CHECK(find_canary(traces).empty());
  }
}

TEST_CASE("a program that prints the token is not quoted when it goes wrong") {
  adapter::PosixCommands commands;
  const auto ask = [&](const std::string& script) {
    adapter::TokenCommand command{.argv = {"/bin/sh", "-c", script}, .environment = {{"PATH", "/usr/bin:/bin"}}};
    return adapter::fetch_token(commands, command);
  };
  const auto good = ask("printf '%s\\n' " + canary);
  REQUIRE(good.ok());
  CHECK(good->reveal() == canary);
  for (const std::string& script : {"echo " + canary + "; echo " + canary, "echo " + canary + " >&2; exit 3",
                                    "echo '" + canary + " '" + canary, std::string("true"), std::string("exit 1")}) {
    const auto bad = ask(script);
    REQUIRE(!bad.ok());
    CHECK(bad.error().kind == ErrorKind::configuration);
    CHECK(bad.error().message.find(canary) == std::string::npos);
  }
}

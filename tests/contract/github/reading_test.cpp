#include <contract/github/github_world.hpp>
#include <support/catch.hpp>

#include <afk/core/issue_history.hpp>

#include <fmt/format.h>

#include <algorithm>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

namespace {

constexpr std::string_view ready = "ready-for-agent";

GithubApi each_api() {
  return GENERATE(GithubApi::graphql, GithubApi::rest);
}

std::vector<IssueEvent> label_events(const IssueRecord& record, std::string_view label) {
  std::vector<IssueEvent> events;
  std::ranges::copy_if(record.events, std::back_inserter(events), [&](const IssueEvent& event) {
    return event.kind == IssueEventKind::labeled && event.label == label;
  });
  return events;
}

Result<RepositoryListing> list(GithubWorld& world, const RepositoryName& repository, const ListingQuery& query) {
  auto connection = world.connect();
  auto listings = connection->tracker.list_issues(std::span(&repository, 1), query);
  return std::move(listings.front());
}

Result<IssueRecord> try_fetch(GithubWorld& world, const IssueRef& issue) {
  auto connection = world.connect();
  auto records = connection->tracker.fetch_issues(std::span(&issue, 1));
  return std::move(records.front());
}

} // namespace

TEST_CASE("both APIs give an arming the same id") {
  FakeClock clock;
  FakeGithub forge(clock);
  forge.create_repository(github_home);
  const IssueRef issue = forge.create_issue(github_home, "Say hello", "Please.");
  forge.add_account("maria", github::Account::Kind::user, 583231);
  forge.put_label(issue, ready, "maria");
  forge.take_label(issue, ready, "maria");
  forge.put_label(issue, ready, "maria"); // in the same second
  clock.advance(std::chrono::seconds(61));
  forge.put_label(issue, "bug", "dependabot");
  http::CurlTransport transport;
  std::vector<IssueRecord> records;
  for (const GithubApi api : {GithubApi::graphql, GithubApi::rest}) {
    adapter::GithubSettings settings;
    settings.api = http::parse_url(forge.url()).value();
    settings.reads = api;
    GithubConnection connection(transport, clock, forge.settings().token, settings);
    auto found = connection.tracker.fetch_issues(std::span(&issue, 1));
    REQUIRE(found.front().ok());
    records.push_back(std::move(*found.front()));
  }
  const auto by_graphql = label_events(records[0], ready);
  const auto by_rest = label_events(records[1], ready);
  REQUIRE(by_graphql.size() == 2);
  CHECK(by_graphql == by_rest);
  CHECK(by_graphql[0].id.text == "1795176000:583231:0");
  CHECK(by_graphql[1].id.text == "1795176000:583231:1");
  CHECK(records[0].labels == records[1].labels);
  CHECK(records[0].repository_id == records[1].repository_id);
}

TEST_CASE("a list of issues has no pull requests and no issue without the label") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef armed = world.forge.create_issue(github_home, "One", "");
  const IssueRef other = world.forge.create_issue(github_home, "Two", "");
  world.forge.put_label(armed, ready, "maria");
  world.forge.put_label(other, "bug", "maria");
  world.forge.change([&](github::State& state) {
    github::Repository& repository = *github::find_repository(state, "acme", "app");
    github::Issue& issue = github::create_issue(state, repository, state.viewer, "A pull request", "");
    issue.pull.emplace();
    github::put_label(state, issue, state.viewer, ready);
  });
  const auto listing = list(world, github_home, {{"Ready-For-Agent", "agent-in-progress"}, {}});
  REQUIRE(listing.ok());
  REQUIRE(listing->issues.size() == 1);
  CHECK(listing->issues[0].issue == armed);
  CHECK(has_label(listing->issues[0].labels, ready));
  CHECK(listing->repository_id == fmt::format("{}", world.forge.repository_id(github_home)));
}

TEST_CASE("a repository that does not show itself fails, and its issues are not gone") {
  GithubWorld world(each_api());
  const auto listing = list(world, {"acme", "secret"}, {{std::string(ready)}, {}});
  REQUIRE(!listing.ok());
  CHECK(listing.error().kind == ErrorKind::forbidden);
  const auto record = try_fetch(world, {{"acme", "secret"}, 1});
  REQUIRE(!record.ok());
  CHECK(record.error().kind == ErrorKind::forbidden);
}

TEST_CASE("an issue that was deleted or moved to another repository is gone") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  world.forge.create_repository({"acme", "elsewhere"});
  const IssueRef deleted = world.forge.create_issue(github_home, "One", "");
  const IssueRef moved = world.forge.create_issue(github_home, "Two", "");
  world.forge.delete_issue(deleted);
  world.forge.transfer_issue(moved, {"acme", "elsewhere"}, "maria");
  CHECK(world.fetch(deleted).state == IssueState::gone);
  CHECK(world.fetch(moved).state == IssueState::gone);
  CHECK(world.fetch({github_home, 99}).state == IssueState::gone);
}

TEST_CASE("a repository that was renamed answers under its new name") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  world.forge.put_label(issue, ready, "maria");
  world.forge.rename_repository(github_home, {"acme", "renamed"});
  const auto listing = list(world, github_home, {{std::string(ready)}, {}});
  REQUIRE(listing.ok());
  CHECK(render_repository_name(listing->repository) == "acme/renamed");
  REQUIRE(listing->issues.size() == 1);
  CHECK(render_issue_ref(listing->issues[0].issue) == "acme/renamed#1");
  CHECK(render_issue_ref(world.fetch(issue).issue) == "acme/renamed#1");
}

TEST_CASE("a log that lags behind is not believed") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  world.clock.advance(std::chrono::hours(1));
  SECTION("an event that is not there yet names nobody") {
    world.forge.put_label(issue, ready, "maria");
    world.forge.change([](github::State& state) { state.event_lag = std::chrono::seconds(30); });
    const auto record = try_fetch(world, issue);
    REQUIRE(record.ok());
    CHECK(has_label(record->labels, ready));
    CHECK(label_events(*record, ready).empty());
  }
  SECTION("an older arming does not stand for the newer one") {
    world.forge.put_label(issue, ready, "maria");
    world.clock.advance(std::chrono::minutes(1));
    world.forge.take_label(issue, ready, "maria");
    world.clock.advance(std::chrono::minutes(1));
    world.forge.put_label(issue, ready, "mallory");
    world.forge.change([](github::State& state) { state.event_lag = std::chrono::seconds(30); });
    const auto record = try_fetch(world, issue);
    REQUIRE(!record.ok());
    CHECK(record.error().kind == ErrorKind::unreachable);
  }
}

TEST_CASE("people, bots and accounts that are gone are told apart") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  world.forge.add_account("robot", github::Account::Kind::bot, 41898282);
  world.forge.add_account("leaver", github::Account::Kind::user, 77);
  for (const std::string_view person : {"maria", "robot", "leaver", "afk-account"}) {
    world.clock.advance(std::chrono::seconds(2));
    world.forge.put_label(issue, person, person);
  }
  world.forge.remove_account("leaver");
  const IssueRecord record = world.fetch(issue);
  const auto kind_of = [&](std::string_view label) { return label_events(record, label).at(0).actor.kind; };
  CHECK(kind_of("maria") == ActorKind::person);
  CHECK(kind_of("robot") == ActorKind::bot);
  CHECK(kind_of("leaver") == ActorKind::ghost);
  CHECK(kind_of("afk-account") == ActorKind::own_account);
  CHECK(label_events(record, "robot").at(0).actor.login == "robot[bot]");
  CHECK(label_events(record, "leaver").at(0).id.text.find(":0:0") != std::string::npos);
}

TEST_CASE("an edit of the body stands in the log, with who made it") {
  GithubWorld world;
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "before");
  world.clock.advance(std::chrono::minutes(1));
  world.forge.put_label(issue, ready, "maria");
  world.clock.advance(std::chrono::minutes(1));
  world.forge.change_body(issue, "after", "mallory");
  world.clock.advance(std::chrono::minutes(1));
  world.forge.change_title(issue, "Another", "maria");
  const IssueRecord record = world.fetch(issue);
  CHECK(record.edit_log == EditLog::complete);
  REQUIRE(record.events.size() == 3);
  CHECK(record.events[1].kind == IssueEventKind::body_changed);
  CHECK(record.events[1].actor.login == "mallory");
  CHECK(record.events[2].kind == IssueEventKind::title_changed);
  CHECK(record.body == "after");
}

TEST_CASE("an edit in the second of the arming counts as after it") {
  GithubWorld world;
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "before");
  world.clock.advance(std::chrono::minutes(1));
  world.forge.change_body(issue, "after", "mallory");
  world.forge.put_label(issue, ready, "maria");
  const IssueRecord record = world.fetch(issue);
  REQUIRE(record.events.size() == 2);
  CHECK(record.events[0].kind == IssueEventKind::labeled);
  CHECK(record.events[1].kind == IssueEventKind::body_changed);
}

TEST_CASE("by REST alone the log says that it does not know bodies") {
  GithubWorld world(GithubApi::rest);
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "before");
  world.clock.advance(std::chrono::minutes(1));
  world.forge.change_body(issue, "after", "mallory");
  CHECK(world.fetch(issue).edit_log == EditLog::titles_only);
}

TEST_CASE("comments are read to their beginning, whatever their number") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  for (int index = 0; index < 230; ++index) {
    world.forge.comment(issue, fmt::format("comment {}", index), index == 0 ? "afk-account" : "maria");
  }
  const IssueRecord record = world.fetch(issue);
  REQUIRE(record.comments.size() == 230);
  CHECK(record.comments.front().body == "comment 0");
  CHECK(record.comments.front().author.kind == ActorKind::own_account);
  CHECK(record.comments.back().body == "comment 229");
}

TEST_CASE("an arming that is not on the newest page of the log is looked up") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  world.forge.put_label(issue, ready, "maria");
  for (int index = 0; index < 75; ++index) {
    world.clock.advance(std::chrono::seconds(1));
    world.forge.put_label(issue, "bug", "maria");
    world.clock.advance(std::chrono::seconds(1));
    world.forge.take_label(issue, "bug", "maria");
  }
  CHECK(label_events(world.fetch(issue), ready).size() == 1);
}

TEST_CASE("what blocks an issue is what GitHub knows and what its text says") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef open = world.forge.create_issue(github_home, "Open", "");
  const IssueRef closed = world.forge.create_issue(github_home, "Closed", "");
  const IssueRef undone = world.forge.create_issue(github_home, "Not planned", "");
  world.forge.close(closed, "completed", "maria");
  world.forge.close(undone, "not_planned", "maria");
  const IssueRef issue =
      world.forge.create_issue(github_home, "Waiting", "Blocked by #2, #3, #77 and nobody/knows#1\n");
  world.forge.add_dependency(issue, open);
  std::map<std::int64_t, BlockerState> states;
  for (const Blocker& blocker : world.fetch(issue).blockers) {
    states[blocker.issue.repository == github_home ? blocker.issue.number : 1000] = blocker.state;
  }
  CHECK(states[open.number] == BlockerState::open);
  CHECK(states[closed.number] == BlockerState::closed);
  CHECK(states[undone.number] == BlockerState::closed_not_planned);
  CHECK(states[77] == BlockerState::missing);
  CHECK(states[1000] == BlockerState::foreign);
}

TEST_CASE("a GitHub that is too old for dependencies has none") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  world.forge.change([](github::State& state) { state.repositories.begin()->second.dependencies = false; });
  const IssueRef issue = world.forge.create_issue(github_home, "One", "");
  CHECK(world.fetch(issue).blockers.empty());
}

TEST_CASE("an Enterprise server and both versions of the API are read alike") {
  GithubWorld world(each_api());
  world.forge.create_repository(github_home);
  const IssueRef issue = world.forge.create_issue(github_home, "One", "text");
  world.forge.put_label(issue, ready, "maria");
  world.forge.comment(issue, "hello", "maria");
  const IssueRecord usual = world.fetch(issue);
  auto enterprise = world.settings();
  enterprise.api = http::parse_url(world.forge.enterprise_url()).value();
  auto newer = world.settings();
  newer.version = "2026-03-10";
  for (const auto& settings : {enterprise, newer}) {
    auto connection = world.connect(settings);
    const auto records = connection->tracker.fetch_issues(std::span(&issue, 1));
    REQUIRE(records.front().ok());
    CHECK(records.front()->events == usual.events);
    CHECK(records.front()->comments == usual.comments);
    CHECK(records.front()->body == usual.body);
  }
}

TEST_CASE("a version that nobody knows is refused") {
  GithubWorld world(GithubApi::rest, {.record = FakeGithubSettings::Record::drop}); // queries have no version
  world.forge.create_repository(github_home);
  auto unknown = world.settings();
  unknown.version = "2030-01-01";
  auto connection = world.connect(unknown);
  CHECK(!connection->tracker.list_issues(std::span(&github_home, 1), {{std::string(ready)}, {}}).front().ok());
}

TEST_CASE("what somebody may do is asked about the same account") {
  GithubWorld world;
  world.forge.create_repository(github_home);
  const auto ask = [&](const Actor& actor) {
    auto connection = world.connect();
    const PermissionQuery query{github_home, actor};
    const auto answers = connection->permissions.fetch(std::span(&query, 1));
    REQUIRE(answers.front().ok());
    return *answers.front();
  };
  for (const auto& [role, expected] : std::map<std::string, Permission>{{"admin", Permission::admin},
                                                                        {"maintain", Permission::maintain},
                                                                        {"write", Permission::write},
                                                                        {"triage", Permission::triage},
                                                                        {"read", Permission::read}}) {
    const std::string login = "person-" + role;
    const std::int64_t id = world.forge.add_account(login);
    world.forge.set_role(github_home, login, role);
    CHECK(ask({fmt::format("{}", id), login, ActorKind::person}) == expected);
    CHECK(ask({fmt::format("{}", id + 5000), login, ActorKind::person}) == Permission::unknown); // another account
  }
  CHECK(ask({"4711", "nobody-at-all", ActorKind::person}) == Permission::unknown);
}

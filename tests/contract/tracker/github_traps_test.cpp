// What GitHub does that one would not expect, each with what the tracker makes of it, through both of its interfaces.
#include <contract/tracker/github_machine.hpp>

#include <support/catch.hpp>

#include <algorithm>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

namespace {

const RepositoryName home{.owner = "Acme", .name = "widgets"};
const RepositoryName elsewhere{.owner = "Acme", .name = "gadgets"};
constexpr std::string_view ready = "ready-for-agent";

struct Scene {
  explicit Scene(GithubApi reads, const std::string& version = "2022-11-28")
      : machine(github, clock, make_github_settings(github, reads, version)) {
    github.create_repository(home);
    issue = github.create_issue(home, "Parse durations", "90s");
    step();
  }

  FakeClock clock;
  FakeGithub github{clock};
  IssueRef issue = {};
  GithubMachine machine;

  void step(Duration duration = std::chrono::seconds(1)) { clock.advance(duration); }

  Result<IssueRecord> fetch() { return machine.tracker().fetch_issues(std::span(&issue, 1)).front(); }

  IssueRecord record() {
    auto fetched = fetch();
    INFO((fetched.ok() ? "" : fetched.error().message));
    REQUIRE(fetched.ok());
    return *std::move(fetched);
  }

  Result<RepositoryListing> list(std::string_view label = ready) {
    return machine.tracker().list_issues(std::span(&home, 1), {.labels = {std::string(label)}}).front();
  }

  TrackerWrites& writes() { return machine.tracker().writes(); }

  std::vector<std::string> labels_there() {
    std::vector<std::string> names;
    github.change([&](github::State& state) {
      github::Repository& repository = *github::find_repository(state, home.owner, home.name);
      for (const std::int64_t id : github::find_issue(state, repository, issue.number)->labels) {
        names.push_back(github::find_label_by_id(repository, id)->name);
      }
    });
    return names;
  }

  std::size_t comments_there() {
    std::size_t count = 0;
    github.change([&](github::State& state) {
      count = github::find_issue(state, *github::find_repository(state, home.owner, home.name), issue.number)
                  ->comments.size();
    });
    return count;
  }
};

GithubApi any_api() {
  return GENERATE(values<GithubApi>({GithubApi::graphql, GithubApi::rest}));
}

std::string arming_id(const IssueRecord& record) {
  for (const IssueEvent& event : record.events) {
    if (event.kind == IssueEventKind::labeled && event.label == ready) {
      return event.id.text;
    }
  }
  return "";
}

bool has_error(const Result<IssueRecord>& result, ErrorKind kind) {
  return !result.ok() && result.error().kind == kind;
}

} // namespace

TEST_CASE("pull requests in issue lists are no issues") {
  Scene scene(any_api());
  scene.github.put_label(scene.issue, ready, "alice");
  scene.github.change([](github::State& state) {
    github::Repository& repository = *github::find_repository(state, home.owner, home.name);
    github::Issue& pull = github::create_issue(state, repository, state.viewer, "A change", "");
    pull.pull.emplace();
    github::put_label(state, pull, state.viewer, ready);
  });
  const auto listing = scene.list();
  REQUIRE(listing.ok());
  REQUIRE(listing->issues.size() == 1);
  CHECK(listing->issues.front().issue == scene.issue);
}

TEST_CASE("the id of an arming is the same through every interface and version") {
  std::vector<std::string> ids;
  for (const GithubApi reads : {GithubApi::graphql, GithubApi::rest}) {
    for (const std::string version : {"2022-11-28", "2026-03-10"}) {
      Scene scene(reads, version);
      scene.github.change([](github::State&) {});
      scene.github.add_account("alice", github::Account::Kind::user, 583231);
      scene.github.put_label(scene.issue, ready, "alice");
      ids.push_back(arming_id(scene.record()));
    }
  }
  CHECK(ids == std::vector<std::string>(4, "1795176001:583231:0"));
}

TEST_CASE("an arming by an account that is gone is a ghost's through both interfaces") {
  Scene scene(any_api());
  scene.github.put_label(scene.issue, ready, "gone");
  scene.github.remove_account("gone");
  const IssueRecord record = scene.record();
  CHECK(arming_id(record) == "1795176001:0:0");
  REQUIRE(record.events.size() == 1);
  CHECK(record.events.front().actor.kind == ActorKind::ghost);
}

TEST_CASE("a bot has one name through both interfaces, and is one") {
  Scene scene(any_api());
  scene.github.add_account("helper[bot]", github::Account::Kind::bot);
  scene.github.put_label(scene.issue, ready, "helper[bot]");
  const IssueRecord record = scene.record();
  REQUIRE(record.events.size() == 1);
  CHECK(record.events.front().actor.kind == ActorKind::bot);
  CHECK(record.events.front().actor.login == "helper[bot]");
}

TEST_CASE("a log that is behind shows no arming, and later does") {
  Scene scene(any_api());
  scene.github.put_label(scene.issue, ready, "alice");
  scene.github.change([](github::State& state) { state.event_lag = std::chrono::seconds(30); });
  scene.step();
  const auto early = scene.fetch();
  CHECK((!early.ok() || arming_id(*early).empty()));
  scene.step(std::chrono::minutes(1));
  CHECK(!arming_id(scene.record()).empty());
}

TEST_CASE("a list that is behind is no harm: the issue itself is looked at") {
  Scene scene(any_api());
  scene.github.put_label(scene.issue, ready, "alice");
  scene.step(std::chrono::minutes(1));
  scene.github.take_label(scene.issue, ready, "alice");
  scene.github.change([](github::State& state) { state.list_lag = std::chrono::seconds(30); });
  const auto listing = scene.list();
  REQUIRE(listing.ok());
  CHECK(listing->issues.size() == 1); // what the list still says
  CHECK(scene.record().labels.empty());
}

TEST_CASE("labels and log of one answer of GraphQL never tell two stories, though a replica is behind") {
  Scene scene(GithubApi::graphql);
  scene.github.put_label(scene.issue, ready, "alice");
  scene.step(std::chrono::minutes(1));
  scene.github.take_label(scene.issue, ready, "alice");
  scene.github.change([](github::State& state) { state.replica_lag = std::chrono::seconds(30); });
  for (int look = 0; look < 4; ++look) {
    const auto fetched = scene.fetch();
    if (fetched.ok()) {
      const bool labelled = !fetched->labels.empty();
      const bool last_is_on = !fetched->events.empty() && fetched->events.back().kind == IssueEventKind::labeled;
      INFO("look " << look);
      CHECK(labelled == last_is_on);
    }
  }
}

TEST_CASE("a repository with another name now answers, by its new name") {
  Scene scene(any_api());
  scene.github.put_label(scene.issue, ready, "alice");
  const std::string id = std::to_string(scene.github.repository_id(home));
  scene.github.rename_repository(home, {.owner = "Acme", .name = "gizmos"});
  const auto listing = scene.list();
  REQUIRE(listing.ok());
  CHECK(listing->repository == RepositoryName{.owner = "Acme", .name = "gizmos"});
  CHECK(listing->repository_id == id);
}

TEST_CASE("an issue that was transferred is gone") {
  Scene scene(any_api());
  scene.github.create_repository(elsewhere);
  scene.github.transfer_issue(scene.issue, elsewhere, "alice");
  CHECK(scene.record().state == IssueState::gone);
}

TEST_CASE("a repository that hides itself is not gone") {
  Scene scene(any_api());
  scene.github.change(
      [](github::State& state) { github::find_repository(state, home.owner, home.name)->hidden = true; });
  const auto fetched = scene.fetch();
  CHECK((!fetched.ok() || fetched->state != IssueState::open));
  CHECK(!scene.list().ok());
}

TEST_CASE("a GitHub that does not know dependencies has none") {
  Scene scene(any_api());
  scene.github.change(
      [](github::State& state) { github::find_repository(state, home.owner, home.name)->dependencies = false; });
  CHECK(scene.record().blockers.empty());
}

TEST_CASE("limits of every kind are limits, and say when to come back") {
  const GithubApi reads = any_api();
  const bool graph = reads == GithubApi::graphql;
  for (const FakeFault fault : {FakeFault::secondary_403, FakeFault::secondary_429, FakeFault::primary_limit,
                                graph ? FakeFault::secondary_in_200 : FakeFault::secondary_403,
                                graph ? FakeFault::primary_in_200 : FakeFault::secondary_429}) {
    Scene scene(reads);
    scene.github.inject({.fault = fault, .times = 100});
    const auto fetched = scene.fetch();
    INFO("fault " << static_cast<int>(fault) << (fetched.ok() ? "" : ": " + fetched.error().message));
    REQUIRE(has_error(fetched, ErrorKind::rate_limited));
    CHECK(fetched.error().retry_after.has_value());
    const std::size_t asked = scene.github.requests().size();
    CHECK(has_error(scene.fetch(), ErrorKind::rate_limited));
    CHECK(scene.github.requests().size() == asked); // nothing more is sent before then
  }
}

TEST_CASE("the reserve is left to people") {
  const GithubApi reads = any_api();
  FakeClock clock;
  FakeGithub github(clock);
  github.create_repository(home);
  const IssueRef issue = github.create_issue(home, "t", "b");
  adapter::GithubSettings settings = make_github_settings(github, reads);
  settings.reserve = 500;
  GithubMachine machine(github, clock, settings);
  github.change([](github::State& state) { state.core.used = state.graph.used = 4400; });
  CHECK(machine.tracker().fetch_issues(std::span(&issue, 1)).front().ok());
  github.change([](github::State& state) { state.core.used = state.graph.used = 4499; });
  static_cast<void>(machine.tracker().fetch_issues(std::span(&issue, 1)));
  const std::size_t asked = github.requests().size();
  const auto refused = machine.tracker().fetch_issues(std::span(&issue, 1)).front();
  CHECK(has_error(refused, ErrorKind::rate_limited));
  CHECK(github.requests().size() == asked);
}

TEST_CASE("what is wrong with a token is the operator's to mend") {
  const GithubApi reads = any_api();
  Scene bad(reads);
  bad.github.inject({.fault = FakeFault::unauthorized, .times = 100});
  CHECK(has_error(bad.fetch(), ErrorKind::unauthorized));
  Scene narrow(reads);
  narrow.github.inject({.fault = FakeFault::forbidden, .times = 100});
  CHECK(has_error(narrow.fetch(), ErrorKind::forbidden));
}

TEST_CASE("a page of HTML with 200 is no answer") {
  Scene scene(any_api());
  scene.github.inject({.fault = FakeFault::page_with_200, .times = 100});
  CHECK(has_error(scene.fetch(), ErrorKind::malformed));
}

TEST_CASE("what the server could not answer is unreachable") {
  const GithubApi reads = any_api();
  for (const FakeFault fault : {FakeFault::server_error, FakeFault::unavailable, FakeFault::lost_before,
                                FakeFault::truncated_after, FakeFault::graph_timeout}) {
    Scene scene(reads);
    scene.github.inject({.fault = fault, .times = 100});
    const auto fetched = scene.fetch();
    INFO("fault " << static_cast<int>(fault) << (fetched.ok() ? "" : ": " + fetched.error().message));
    CHECK(has_error(fetched, ErrorKind::unreachable));
  }
}

TEST_CASE("a write whose answer is lost is read back and not said again") {
  const GithubApi reads = any_api();
  for (const FakeFault fault : {FakeFault::lost_after, FakeFault::error_after, FakeFault::truncated_after}) {
    Scene scene(reads);
    INFO("fault " << static_cast<int>(fault));
    scene.github.inject({.fault = fault, .match = "POST /repos/Acme/widgets/issues/1/labels"});
    CHECK(scene.writes().set_label(scene.issue, "agent-in-progress", TrackerWrites::LabelTarget::on).ok());
    CHECK(scene.labels_there() == std::vector<std::string>{"agent-in-progress"});
    scene.github.inject({.fault = fault, .match = "DELETE "});
    CHECK(scene.writes().set_label(scene.issue, "agent-in-progress", TrackerWrites::LabelTarget::off).ok());
    CHECK(scene.labels_there().empty());
    scene.github.inject({.fault = fault, .match = "POST /repos/Acme/widgets/issues/1/comments"});
    CHECK(scene.writes().create_comment_once(scene.issue, "card run=one", "run=one").ok());
    CHECK(scene.comments_there() == 1);
    scene.github.inject({.fault = fault, .match = "PATCH /repos/Acme/widgets/issues/1"});
    CHECK(scene.writes().close_issue(scene.issue).ok());
    CHECK(scene.record().state == IssueState::closed);
  }
}

TEST_CASE("a write that never arrived is not done, and says so") {
  Scene scene(any_api());
  scene.github.inject({.fault = FakeFault::lost_before, .match = "POST /repos/Acme/widgets/issues/1/labels"});
  const auto label = scene.writes().set_label(scene.issue, "x", TrackerWrites::LabelTarget::on);
  CHECK((!label.ok() && label.error().kind == ErrorKind::unreachable));
  CHECK(scene.labels_there().empty());
  scene.github.inject({.fault = FakeFault::lost_before, .match = "POST /repos/Acme/widgets/issues/1/comments"});
  const auto comment = scene.writes().create_comment_once(scene.issue, "card run=one", "run=one");
  CHECK((!comment.ok() && comment.error().kind == ErrorKind::unreachable));
  CHECK(scene.comments_there() == 0);
}

TEST_CASE("comments beyond 32 bits keep their numbers") {
  Scene scene(any_api());
  const auto id = scene.writes().create_comment(scene.issue, "hello");
  REQUIRE(id.ok());
  CHECK(std::stoll(*id) > 2'147'483'647);
  const IssueRecord record = scene.record();
  REQUIRE(record.comments.size() == 1);
  CHECK(record.comments.front().id == *id);
}

TEST_CASE("an edit of the body by GraphQL names who did it; by REST it is known that the log is not whole") {
  Scene by_graph(GithubApi::graphql);
  by_graph.github.put_label(by_graph.issue, ready, "alice");
  by_graph.step();
  by_graph.github.change_body(by_graph.issue, "do evil", "mallory");
  const IssueRecord record = by_graph.record();
  CHECK(record.edit_log == EditLog::complete);
  REQUIRE(record.events.size() == 2);
  CHECK(record.events.back().kind == IssueEventKind::body_changed);
  CHECK(record.events.back().actor.login == "mallory");
  Scene by_rest(GithubApi::rest);
  by_rest.github.put_label(by_rest.issue, ready, "alice");
  by_rest.step();
  by_rest.github.change_body(by_rest.issue, "do evil", "mallory");
  CHECK(by_rest.record().edit_log != EditLog::complete);
}

TEST_CASE("nobody is asked by a name that a title made") {
  Scene scene(any_api());
  const std::string token = scene.github.settings().token;
  scene.github.change_title(scene.issue, "../../user?x=1", "mallory");
  static_cast<void>(scene.record());
  for (const ReceivedRequest& request : scene.github.requests()) {
    CHECK(request.target.find("../") == std::string::npos);
    CHECK(request.target.find(token) == std::string::npos);
    CHECK(request.body.find(token) == std::string::npos);
  }
}

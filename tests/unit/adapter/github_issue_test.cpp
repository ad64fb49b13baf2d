#include <support/catch.hpp>

#include <afk/adapter/github_issue.hpp>

using namespace afk;
using namespace afk::adapter;

namespace {

Timestamp at(int second) {
  return Timestamp(std::chrono::seconds(1'795'176'000 + second));
}

Actor maria() {
  return {"583231", "maria", ActorKind::person};
}

IssueEvent labeled(const std::string& label, int second, Actor actor = maria()) {
  return {{}, IssueEventKind::labeled, std::move(actor), at(second), label, true};
}

IssueEvent unlabeled(const std::string& label, int second) {
  return {{}, IssueEventKind::unlabeled, maria(), at(second), label, true};
}

GithubIssue issue_with(std::vector<IssueEvent> events) {
  GithubIssue issue;
  issue.record.issue = {{"acme", "app"}, 12};
  issue.record.edit_log = EditLog::complete;
  issue.record.events = std::move(events);
  issue.created_at = at(-1000);
  return issue;
}

std::vector<std::string> ids_of(GithubIssue issue) {
  const auto record = derive_issue_record(std::move(issue), {.id = "1", .login = "afk"});
  REQUIRE(record.ok());
  std::vector<std::string> ids;
  for (const IssueEvent& event : record->events) {
    ids.push_back(event.id.text);
  }
  return ids;
}

} // namespace

// Golden: the ids of armings are parts of the names of runs for ever.
TEST_CASE("the id of an arming is its second, who did it, and how many there were before it") {
  using Ids = std::vector<std::string>;
  CHECK(ids_of(issue_with({labeled("ready", 0)})) == Ids{"1795176000:583231:0"});
  CHECK(ids_of(issue_with({labeled("ready", 0), unlabeled("ready", 0), labeled("Ready", 0)})) ==
        Ids{"1795176000:583231:0", "", "1795176000:583231:1"});
  CHECK(ids_of(issue_with({labeled("bug", 0), labeled("ready", 0)})) ==
        Ids{"1795176000:583231:0", "1795176000:583231:0"}); // other labels do not count
  CHECK(ids_of(issue_with({labeled("ready", 0, Actor{}), labeled("ready", 5, Actor{})})) ==
        Ids{"1795176000:0:0", "1795176005:0:0"});
  CHECK(ids_of(issue_with({labeled("ready", 0), labeled("ready", 0, {"9", "joe", ActorKind::person})})) ==
        Ids{"1795176000:583231:0", "1795176000:9:0"});
}

TEST_CASE("the second in which a log was cut is left out") {
  GithubIssue issue = issue_with({labeled("ready", 0), labeled("bug", 0), labeled("ready", 9)});
  issue.older_log.state = GithubOlder::State::more;
  issue.record.labels = {"ready"};
  CHECK(!misses_arming(issue));
  CHECK(ids_of(issue) == std::vector<std::string>{"1795176009:583231:0"});
  issue.record.labels = {"ready", "bug"};
  CHECK(misses_arming(issue));
  issue.older_log.state = GithubOlder::State::none;
  CHECK(!misses_arming(issue));
}

TEST_CASE("edits of the body that nobody can name count as somebody unknown") {
  GithubIssue issue = issue_with({labeled("ready", 0)});
  issue.last_edited_at = at(30);
  SECTION("the newest is missing among those that came") {
    issue.edits = {{at(10), maria()}};
    issue.last_editor = {"7", "joe", ActorKind::person};
    const auto record = derive_issue_record(issue, {});
    REQUIRE(record->events.size() == 3);
    CHECK(record->events[2].actor.login == "joe");
  }
  SECTION("there are more than came") {
    issue.edits = {{at(30), maria()}};
    issue.edits_read = GithubIssue::Edits::cut;
    const auto record = derive_issue_record(issue, {});
    REQUIRE(record->events.size() == 3);
    CHECK(record->events[2].actor.kind == ActorKind::ghost);
  }
  SECTION("the text as it was first written is no edit") {
    issue.last_edited_at = std::nullopt;
    issue.edits = {{issue.created_at, maria()}};
    CHECK(derive_issue_record(issue, {})->events.size() == 1);
  }
}

TEST_CASE("accounts are told apart") {
  struct Case {
    std::string name;
    GithubActorFields fields;
    Actor expected;
  };

  const auto given = GENERATE(values<Case>({
      {"a person", {"maria", 5, "User"}, {"5", "maria", ActorKind::person}},
      {"a bot of GraphQL", {"dependabot", 5, "Bot"}, {"5", "dependabot[bot]", ActorKind::bot}},
      {"a bot of REST", {"dependabot[bot]", 5, "Bot"}, {"5", "dependabot[bot]", ActorKind::bot}},
      {"a bot that is called a user", {"x[bot]", 5, "User"}, {"5", "x[bot]", ActorKind::bot}},
      {"an organization", {"acme", 5, "Organization"}, {"5", "acme", ActorKind::bot}},
      {"the account of those who are gone", {"ghost", 10137, "User"}, {}},
      {"somebody without an id", {"maria", std::nullopt, "User"}, {}},
      {"a mannequin", {"maria", 5, "Mannequin"}, {}},
      {"a kind that comes to be", {"maria", 5, "Agent"}, {}},
      {"nobody", {"", 0, ""}, {}},
  }));
  CAPTURE(given.name);
  CHECK(derive_github_actor(given.fields) == given.expected);
}

TEST_CASE("a state is open, done, not done, or nothing") {
  CHECK(try_issue_state({"OPEN", ""}) == IssueState::open);
  CHECK(try_issue_state({"open", "reopened"}) == IssueState::open);
  CHECK(try_issue_state({"closed", ""}) == IssueState::closed);
  CHECK(try_issue_state({"CLOSED", "COMPLETED"}) == IssueState::closed);
  CHECK(try_issue_state({"CLOSED", "NOT_PLANNED"}) == IssueState::closed_not_planned);
  CHECK(try_issue_state({"closed", "duplicate"}) == IssueState::closed_not_planned);
  CHECK(try_issue_state({"locked", ""}) == std::nullopt);
}

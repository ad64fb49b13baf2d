#include <afk/adapter/tracker_directory_state.hpp>

#include <support/catch.hpp>
#include <support/digest.hpp>

using namespace afk;
using namespace afk::adapter;
using namespace std::chrono_literals;

namespace {

const Digest digest = afk::test::make_reference_digest();
const Timestamp saved = parse_timestamp("2026-11-20T12:00:00Z").value();
const Timestamp now = saved + 1h;

LogEntry entry(IssueEventKind kind, std::string label = {}, std::string by = "alice") {
  return LogEntry{
      .id = "id-" + label, .time = saved - 1min, .by = std::move(by), .kind = kind, .label = std::move(label)};
}

LogEntry labeled(std::string label, std::string by = "alice") {
  return entry(IssueEventKind::labeled, std::move(label), std::move(by));
}

LogEntry unlabeled(std::string label, std::string by = "alice") {
  return entry(IssueEventKind::unlabeled, std::move(label), std::move(by));
}

StoredIssue make_stored(std::string front, std::vector<LogEntry> entries, std::string body = "Body\n") {
  StoredIssue stored;
  stored.bytes = "+++\ntitle = \"x\"\n" + std::move(front) + "+++\n\n" + std::move(body);
  stored.modified_at = saved;
  stored.log.entries = std::move(entries);
  return stored;
}

IssueView view_of(const StoredIssue& stored) {
  auto view = derive_issue_view(stored, now, digest);
  INFO((view ? "" : view.error().message));
  REQUIRE(view.ok());
  return std::move(view).value();
}

// "labeled ready", "closed", ... for comparison.
std::vector<std::string> by_hand(const IssueView& view) {
  std::vector<std::string> texts;
  for (const LogEntry& one : view.by_hand) {
    CHECK(one.by == "hand");
    CHECK(one.id.empty());
    switch (one.kind) {
    case IssueEventKind::labeled:
      texts.push_back("labeled " + one.label);
      break;
    case IssueEventKind::unlabeled:
      texts.push_back("unlabeled " + one.label);
      break;
    case IssueEventKind::closed:
      texts.push_back(one.closed_as == IssueState::closed ? "closed" : "not planned");
      break;
    case IssueEventKind::reopened:
      texts.emplace_back("reopened");
      break;
    case IssueEventKind::title_changed:
      texts.emplace_back("title");
      break;
    case IssueEventKind::body_changed:
      texts.emplace_back("body");
      break;
    }
  }
  return texts;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("edits by hand are what the text says differently from what it has seen") {
  struct Case {
    std::string name;
    std::string front;
    std::vector<LogEntry> log;
    Texts edits;
    Texts labels;
    IssueState state = IssueState::open;
  };

  LogEntry dropped = entry(IssueEventKind::closed);
  dropped.closed_as = IssueState::closed_not_planned;
  const auto row = GENERATE_COPY(values<Case>({
      {"nothing", "", {}, {}, {}},
      {"a fresh file with labels", "labels = [\"ready\", \"b\"]\n", {}, {"labeled ready", "labeled b"}, {"ready", "b"}},
      {"a fresh file that is closed", "state = \"closed\"\n", {}, {"closed"}, {}, IssueState::closed},
      {"as recorded", "labels = [\"a\"]\nevents = 1\n", {labeled("a")}, {}, {"a"}},
      {"as recorded, in another case", "labels = [\"A\"]\nevents = 1\n", {labeled("a")}, {}, {"A"}},
      {"as recorded, without a count", "labels = [\"a\"]\n", {labeled("a")}, {}, {"a"}},
      {"a label more", "labels = [\"a\", \"b\"]\nevents = 1\n", {labeled("a")}, {"labeled b"}, {"a", "b"}},
      {"a label less", "events = 1\n", {labeled("a")}, {"unlabeled a"}, {}},
      {"one for another", "labels = [\"b\"]\nevents = 1\n", {labeled("a")}, {"unlabeled a", "labeled b"}, {"b"}},
      {"closed",
       "state = \"closed\"\nevents = 1\nlabels = [\"a\"]\n",
       {labeled("a")},
       {"closed"},
       {"a"},
       IssueState::closed},
      {"not planned", "state = \"not-planned\"\n", {}, {"not planned"}, {}, IssueState::closed_not_planned},
      {"reopened", "state = \"open\"\nevents = 1\n", {entry(IssueEventKind::closed)}, {"reopened"}, {}},
      {"reopened by leaving the line out", "events = 1\n", {entry(IssueEventKind::closed)}, {"reopened"}, {}},
      {"another reason", "state = \"closed\"\nevents = 1\n", {dropped}, {"closed"}, {}, IssueState::closed},
      {"everything",
       "state = \"closed\"\nlabels = [\"b\"]\nevents = 1\n",
       {labeled("a")},
       {"closed", "unlabeled a", "labeled b"},
       {"b"},
       IssueState::closed},
      // Entries that the text has not seen count on top of it.
      {"a later entry on top", "labels = [\"a\"]\nevents = 1\n", {labeled("a"), labeled("b")}, {}, {"a", "b"}},
      {"a later entry off", "labels = [\"a\"]\nevents = 1\n", {labeled("a"), unlabeled("a")}, {}, {}},
      {"a later entry closes", "events = 0\n", {entry(IssueEventKind::closed)}, {}, {}, IssueState::closed},
      {"a later entry and an edit by hand",
       "labels = [\"a\", \"c\"]\nevents = 1\n",
       {labeled("a"), labeled("b")},
       {"labeled c"},
       {"a", "c", "b"}},
      {"a later entry and the same by hand",
       "labels = [\"a\", \"b\"]\nevents = 1\n",
       {labeled("a"), labeled("b")},
       {},
       {"a", "b"}},
      {"a later entry and the opposite by hand",
       "labels = []\nevents = 1\n",
       {labeled("a"), labeled("b")},
       {"unlabeled a"},
       {"b"}},
      {"closed later and by hand",
       "state = \"closed\"\nevents = 0\n",
       {entry(IssueEventKind::closed)},
       {},
       {},
       IssueState::closed},
  }));
  DYNAMIC_SECTION(row.name) {
    const IssueView view = view_of(make_stored(row.front, row.log));
    CHECK(by_hand(view) == row.edits);
    CHECK(view.labels == row.labels);
    CHECK(view.state == row.state);
    CHECK(view.recorded == row.log);
    CHECK(view.unfinished == IssueView::Unfinished::none);
    CHECK(view.events().size() == row.log.size() + row.edits.size());
  }
}

TEST_CASE("an edit of the text shows once its text was recorded") {
  LogEntry first = labeled("ready");
  first.title_sha256 = derive_text_hash("x", digest);
  first.body_sha256 = derive_text_hash("Body\n", digest);
  const std::string front = "labels = [\"ready\"]\nevents = 1\n";

  SECTION("as it was") {
    CHECK(by_hand(view_of(make_stored(front, {first}))).empty());
  }
  SECTION("another body") {
    const IssueView view = view_of(make_stored(front, {first}, "Other\n"));
    CHECK(by_hand(view) == Texts{"body"});
    CHECK(view.by_hand[0].body_sha256 == derive_text_hash("Other\n", digest));
    CHECK(view.by_hand[0].title_sha256.empty());
  }
  SECTION("another title") {
    first.title_sha256 = derive_text_hash("y", digest);
    const IssueView view = view_of(make_stored(front, {first}));
    CHECK(by_hand(view) == Texts{"title"});
    CHECK(view.by_hand[0].title_sha256 == derive_text_hash("x", digest));
  }
  SECTION("text and label in one save: the label arms the new text") {
    CHECK(by_hand(view_of(make_stored("labels = [\"ready\", \"b\"]\nevents = 1\n", {first}, "Other\n"))) ==
          Texts{"body", "labeled b"});
  }
  SECTION("a recorded change is old news") {
    LogEntry changed = entry(IssueEventKind::body_changed);
    changed.body_sha256 = derive_text_hash("Other\n", digest);
    CHECK(by_hand(view_of(make_stored("labels = [\"ready\"]\nevents = 2\n", {first, changed}, "Other\n"))).empty());
  }
  SECTION("a text that was never recorded can not have changed") {
    CHECK(by_hand(view_of(make_stored(front, {labeled("ready")}, "Other\n"))).empty());
  }
}

TEST_CASE("edits by hand happened when the file was saved") {
  StoredIssue stored = make_stored("labels = [\"ready\"]\n", {});
  SECTION("usually") {
    CHECK(view_of(stored).by_hand.at(0).time == saved);
  }
  SECTION("not in the future") {
    stored.modified_at = now + 1h;
    CHECK(view_of(stored).by_hand.at(0).time == now);
  }
  SECTION("not before what was recorded: a checkout may bring old times") {
    stored = make_stored("labels = [\"ready\"]\nevents = 1\n", {labeled("a"), labeled("b")});
    stored.log.entries[1].time = saved + 1min;
    CHECK(view_of(stored).by_hand.at(0).time == saved + 1min);
  }
}

TEST_CASE("entries of a write that did not happen are left out") {
  StoredIssue stored = make_stored("labels = [\"a\"]\nevents = 1\n", {labeled("a"), labeled("b", "afk")});
  stored.staged = StoredIssue::Staged::present;

  SECTION("their text is still staged") {
    stored.staged_events = 2;
    const IssueView view = view_of(stored);
    CHECK(view.labels == Texts{"a"});
    CHECK(view.recorded.size() == 1);
    CHECK(view.by_hand.empty());
    CHECK(view.unfinished == IssueView::Unfinished::cut_off);
  }
  SECTION("torn: two entries were meant and one was written") {
    stored.staged_events = 3;
    CHECK(view_of(stored).unfinished == IssueView::Unfinished::cut_off);
  }
  SECTION("the staged text belongs to less than the log has: somebody else appended") {
    stored.log.entries.push_back(labeled("c"));
    stored.staged_events = 2;
    const IssueView view = view_of(stored);
    CHECK(view.unfinished == IssueView::Unfinished::none);
    CHECK(view.labels == Texts{"a", "b", "c"});
  }
  SECTION("a staged text that can not be read was torn before anything was appended") {
    stored.staged_events = std::nullopt;
    CHECK(view_of(stored).labels == Texts{"a", "b"});
  }
  SECTION("staged and nothing appended yet") {
    stored.log.entries.pop_back();
    stored.staged_events = 2;
    const IssueView view = view_of(stored);
    CHECK(view.unfinished == IssueView::Unfinished::none);
    CHECK(view.labels == Texts{"a"});
  }
  SECTION("an edit by hand meanwhile is seen against what did happen") {
    stored = make_stored("labels = [\"c\"]\nevents = 1\n", {labeled("a"), labeled("b", "afk")});
    stored.staged = StoredIssue::Staged::present;
    stored.staged_events = 2;
    CHECK(by_hand(view_of(stored)) == Texts{"unlabeled a", "labeled c"});
  }
}

TEST_CASE("a text that has seen more than the log has is broken") {
  const auto view = derive_issue_view(make_stored("events = 2\n", {labeled("a")}), now, digest);
  REQUIRE_FALSE(view.ok());
  CHECK(view.error().kind == ErrorKind::malformed);
  CHECK(view.error().message.starts_with("1: the text has seen 2 entries of the log, the log has 1"));
}

TEST_CASE("events carry who, when and whether they are recorded") {
  const IssueView view = view_of(make_stored("labels = [\"b\"]\nevents = 1\n", {labeled("a", "afk")}));
  const auto events = view.events();
  REQUIRE(events.size() == 3);
  CHECK(events[0] == IssueEvent{.id = {"id-a"},
                                .kind = IssueEventKind::labeled,
                                .actor = {.id = "afk", .login = "afk", .kind = ActorKind::own_account},
                                .time = saved - 1min,
                                .label = "a",
                                .recorded = true});
  CHECK(events[2] == IssueEvent{.id = {""},
                                .kind = IssueEventKind::labeled,
                                .actor = {.id = "hand", .login = "hand", .kind = ActorKind::person},
                                .time = saved,
                                .label = "b",
                                .recorded = false});
}

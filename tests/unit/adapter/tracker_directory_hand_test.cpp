// People who edit the tracker's files with an editor, beside and against the program.

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/tracker_folder.hpp>

#include <filesystem>

using namespace afk;
using namespace afk::test;
using namespace std::chrono_literals;
using Target = TrackerWrites::LabelTarget;

namespace {

const RepositoryName widgets{.owner = "acme", .name = "widgets"};

IssueRecord fetch(Tracker& tracker, const IssueRef& issue) {
  auto records = tracker.fetch_issues(std::span(&issue, 1));
  REQUIRE(records.size() == 1);
  INFO((records[0] ? "" : records[0].error().message));
  REQUIRE(records[0].ok());
  return std::move(records[0]).value();
}

std::vector<IssueEvent> of_label(const IssueRecord& record, std::string_view label) {
  std::vector<IssueEvent> events = record.events;
  std::erase_if(events, [&](const IssueEvent& event) { return event.label != label; });
  return events;
}

} // namespace

TEST_CASE("a file with a title and the ready label is an arming by hand") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  folder.clock.advance(1h);

  const IssueRecord before = fetch(tracker, issue);
  REQUIRE(before.events.size() == 1);
  CHECK(before.events[0].actor == Actor{.id = "hand", .login = "hand", .kind = ActorKind::person});
  CHECK(before.events[0].time == FakeClock::start);
  CHECK_FALSE(before.events[0].recorded);
  CHECK(before.events[0].id.text.empty());
  CHECK(names_in(folder.repository_path(widgets)) == std::vector<std::string>{"1.md"}); // reading writes nothing

  const auto recorded = tracker.writes().record_hand_edits(issue);
  REQUIRE(recorded.ok());
  REQUIRE(recorded->size() == 1);
  CHECK(recorded->at(0).recorded);
  CHECK(parse_arming_id(recorded->at(0).id.text).ok());
  CHECK(recorded->at(0).time == FakeClock::start); // when it was saved, not when it was recorded

  const IssueRecord after = fetch(tracker, issue);
  CHECK(after.events == *recorded);
  CHECK(after.labels == before.labels);
  CHECK(after.body == before.body);
  CHECK(tracker.writes().record_hand_edits(issue).value() == *recorded); // once and for all
}

TEST_CASE("an arming by hand keeps its id whatever people save afterwards") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  const ArmingId id = tracker.writes().record_hand_edits(issue)->at(0).id;

  folder.save(issue, get_file(folder.text_path(issue)) + "More text.\n");
  CHECK(of_label(fetch(tracker, issue), "ready").at(0).id == id);
  folder.save(issue, render_sketch({.labels = {"ready"}})); // the count of events is gone too
  CHECK(of_label(fetch(tracker, issue), "ready").at(0).id == id);
  CHECK(of_label(fetch(tracker, issue), "ready").size() == 1);
}

TEST_CASE("taking the label off and putting it on again by hand is another arming once both were seen") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  const ArmingId first = tracker.writes().record_hand_edits(issue)->at(0).id;
  folder.save(issue, render_sketch({}));
  REQUIRE(tracker.writes().record_hand_edits(issue)->size() == 2);
  folder.save(issue, render_sketch({.labels = {"ready"}}));
  const auto events = tracker.writes().record_hand_edits(issue);
  REQUIRE(events->size() == 3);
  CHECK(events->at(2).id != first);
}

TEST_CASE("a change by afk records what was edited by hand before it") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  folder.clock.advance(1min);
  REQUIRE(tracker.writes().set_label(issue, "in-progress", Target::on).ok());

  folder.clock.advance(1min);
  std::string text = get_file(folder.text_path(issue));
  text.replace(text.find("\"ready\", "), 9, ""); // a person takes the ready label off
  folder.save(issue, text);
  folder.clock.advance(1min);
  REQUIRE(tracker.writes().set_label(issue, "question", Target::on).ok());

  const IssueRecord record = fetch(tracker, issue);
  CHECK(record.labels == std::vector<std::string>{"in-progress", "question"});
  REQUIRE(record.events.size() == 4);
  CHECK(record.events[0].actor.login == "hand");
  CHECK(record.events[1].actor.kind == ActorKind::own_account);
  CHECK(record.events[2].kind == IssueEventKind::unlabeled);
  CHECK(record.events[2].actor.login == "hand");
  CHECK(record.events[2].time == FakeClock::start + 2min);
  CHECK(record.events[3].time == FakeClock::start + 3min);
  for (const IssueEvent& event : record.events) {
    CHECK(event.recorded);
  }
}

TEST_CASE("a target that a person has reached by hand is recorded as theirs") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"in-progress"}});
  REQUIRE(tracker.writes().set_label(issue, "in-progress", Target::on).ok());
  const IssueRecord record = fetch(tracker, issue);
  REQUIRE(record.events.size() == 1);
  CHECK(record.events[0].actor.login == "hand");
  CHECK(record.events[0].recorded);
}

TEST_CASE("an edit of title or body by hand after the arming shows as one") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  REQUIRE(tracker.writes().record_hand_edits(issue).ok());
  folder.clock.advance(1min);
  std::string text = get_file(folder.text_path(issue));
  text.replace(text.find("Parse durations"), 5, "Print");
  folder.save(issue, text + "And delete everything.\n");

  const IssueRecord record = fetch(tracker, issue);
  REQUIRE(record.events.size() == 3);
  CHECK(record.events[1].kind == IssueEventKind::title_changed);
  CHECK(record.events[2].kind == IssueEventKind::body_changed);
  for (std::size_t index : {1U, 2U}) {
    CHECK(record.events[index].actor.login == "hand");
    CHECK(record.events[index].time == FakeClock::start + 1min);
    CHECK_FALSE(record.events[index].recorded);
  }
  REQUIRE(tracker.writes().record_hand_edits(issue)->size() == 3);
  CHECK(fetch(tracker, issue).events.size() == 3);
}

TEST_CASE("a person who writes to the log by name is known by it") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  SECTION("beside a fresh file") {
    put_file(folder.log_path(issue),
             R"({"id":"a1","time":"2026-11-20T11:00:00Z","by":"alice","kind":"labeled","label":"ready"})"
             "\n");
  }
  SECTION("to a file that a program has counted already, without touching the count") {
    folder.save(issue, render_sketch({}));
    REQUIRE(tracker.writes().set_label(issue, "x", Target::on).ok());
    REQUIRE(tracker.writes().set_label(issue, "x", Target::off).ok());
    std::string text = get_file(folder.text_path(issue));
    text.replace(text.find("[]"), 2, "[\"ready\"]");
    put_file(folder.log_path(issue),
             get_file(folder.log_path(issue)) +
                 R"({"id":"a1","time":"2026-11-20T12:30:00Z","by":"alice","kind":"labeled","label":"ready"})"
                 "\n");
    folder.save(issue, text);
  }
  const IssueRecord record = fetch(tracker, issue);
  CHECK(record.labels == std::vector<std::string>{"ready"});
  const auto events = of_label(record, "ready");
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor.login == "alice");
  CHECK(events[0].id.text == "a1");
  REQUIRE(tracker.writes().set_label(issue, "in-progress", Target::on).ok());
  CHECK(of_label(fetch(tracker, issue), "ready") == events);
}

TEST_CASE("an old text taken back from version control does not undo the log") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets, {.labels = {"ready"}});
  REQUIRE(tracker.writes().record_hand_edits(issue).ok());
  const std::string old = get_file(folder.text_path(issue));
  REQUIRE(tracker.writes().set_label(issue, "ready", Target::off).ok());
  REQUIRE(tracker.writes().set_label(issue, "done", Target::on).ok());
  const IssueRecord before = fetch(tracker, issue);
  folder.save(issue, old);
  CHECK(fetch(tracker, issue) == before);
  REQUIRE(tracker.writes().set_label(issue, "x", Target::on).ok());
  CHECK(fetch(tracker, issue).labels == std::vector<std::string>{"done", "x"});
}

TEST_CASE("what a person wrote stays byte for byte when labels change") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  const std::string before = "+++\n# mine\ntitle   =   'Parse'  # short\nassignee = \"alice\"\nlabels = [ 'bug', ]\n\n"
                             "[estimate]\ndays = 3\n+++\nBody\r\n";
  folder.save(issue, before);
  REQUIRE(tracker.writes().set_label(issue, "ready", Target::on).ok());
  CHECK(get_file(folder.text_path(issue)) ==
        "+++\n# mine\ntitle   =   'Parse'  # short\nassignee = \"alice\"\nlabels = [\"bug\", \"ready\"]\nevents = 2\n\n"
        "[estimate]\ndays = 3\n+++\nBody\r\n");
}

TEST_CASE("a file without front matter gets one when it needs it") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  folder.save(issue, "# Parse durations\n\nAs 90s.\n");
  CHECK(fetch(tracker, issue).title == "Parse durations");
  REQUIRE(tracker.writes().set_label(issue, "ready", Target::on).ok());
  const IssueRecord record = fetch(tracker, issue);
  CHECK(record.title == "Parse durations");
  CHECK(record.body == "# Parse durations\n\nAs 90s.\n");
  CHECK(record.events.size() == 1);
}

TEST_CASE("comments may be any Markdown files") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  const std::string path = folder.comments_path(issue);
  const auto drop = [&](const std::string& name, std::string_view text, Timestamp moment) {
    put_file(path + "/" + name, text);
    set_modified(path + "/" + name, moment);
  };
  drop("z first.md", "no front matter\n", FakeClock::start + 1s);
  drop("answer.md", "+++\nauthor = \"alice\"\n+++\n\nYes.\n", FakeClock::start + 2s);
  drop("b.md", "+++\nauthor = \"bob\"\ncreated_at = 2026-11-20T12:00:03Z\n+++\nNo.\n", FakeClock::start + 1h);
  drop("answer.md~", "a backup", FakeClock::start);
  drop(".answer.md.swp", "an editor's own", FakeClock::start);
  drop("notes.txt", "not a comment", FakeClock::start);

  const auto comments = fetch(tracker, issue).comments;
  REQUIRE(comments.size() == 3);
  CHECK(comments[0].id == "z first");
  CHECK(comments[0].author.login == "hand");
  CHECK(comments[0].created_at == FakeClock::start + 1s);
  CHECK(comments[1].id == "answer");
  CHECK(comments[1].author == Actor{.id = "alice", .login = "alice", .kind = ActorKind::person});
  CHECK(comments[1].body == "Yes.\n");
  CHECK(comments[1].created_at == FakeClock::start + 2s);
  CHECK(comments[2].created_at == FakeClock::start + 3s);
  for (const Comment& comment : comments) {
    CHECK_FALSE(comment.edited_at.has_value());
  }

  REQUIRE(tracker.writes().edit_comment(issue, "answer", "Perhaps.\n").ok());
  const Comment edited = fetch(tracker, issue).comments.at(1);
  CHECK(edited.author.login == "alice");
  CHECK(edited.created_at == FakeClock::start + 2s);
  CHECK(edited.edited_by->kind == ActorKind::own_account);
}

TEST_CASE("a comment of ours that somebody edits by hand says so") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  const std::string id = tracker.writes().create_comment(issue, "card\n").value();
  const std::string path = folder.comments_path(issue) + "/" + id + ".md";
  CHECK_FALSE(fetch(tracker, issue).comments.at(0).edited_at.has_value());
  put_file(path, get_file(path) + "forged\n");
  set_modified(path, FakeClock::start + 5min);
  const Comment comment = fetch(tracker, issue).comments.at(0);
  CHECK(comment.author.kind == ActorKind::own_account);
  CHECK(comment.edited_at == FakeClock::start + 5min);
  REQUIRE(comment.edited_by.has_value());
  CHECK(comment.edited_by->login == "hand");
}

TEST_CASE("what is no issue is left alone") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  const std::string path = folder.repository_path(widgets);
  for (const std::string name : {"README.md", "1.md~", ".1.md.swp", "4913", "1.txt", "-1.md", "1a.md", "+2.md"}) {
    put_file(path + "/" + name, "x");
  }
  std::filesystem::create_directories(path + "/drafts");
  put_file(folder.root() + "/README.md", "x");
  put_file(folder.root() + "/.git/config", "x");
  const auto listings = tracker.list_issues(std::span(&widgets, 1), {});
  REQUIRE(listings[0].ok());
  CHECK(listings[0]->broken.empty());
  REQUIRE(listings[0]->issues.size() == 1);
  CHECK(listings[0]->issues[0].issue == issue);
}

TEST_CASE("an edit of a comment to what it says already leaves its file alone") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  const std::string id = tracker.writes().create_comment(issue, "card\n").value();
  const std::string path = folder.comments_path(issue) + "/" + id + ".md";
  const std::string before = get_file(path);
  const auto saved = std::filesystem::last_write_time(path);
  folder.clock.advance(1h);
  REQUIRE(tracker.writes().edit_comment(issue, id, "card\n").ok());
  CHECK(get_file(path) == before);
  CHECK(std::filesystem::last_write_time(path) == saved);
}

TEST_CASE("a clock that steps back does not turn the log around") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  const IssueRef issue = folder.create_issue(widgets);
  REQUIRE(tracker.writes().set_label(issue, "a", Target::on).ok());
  const std::string first = tracker.writes().create_comment(issue, "one").value();
  folder.clock.advance(-30s);
  REQUIRE(tracker.writes().set_label(issue, "b", Target::on).ok());
  const std::string second = tracker.writes().create_comment(issue, "two").value();
  const IssueRecord record = fetch(tracker, issue);
  REQUIRE(record.events.size() == 2);
  CHECK(record.events[1].time == record.events[0].time);
  REQUIRE(record.comments.size() == 2);
  CHECK(record.comments[0].id == first);
  CHECK(record.comments[1].created_at > record.comments[0].created_at);
}

// What a writer that died leaves behind, made by hand: seen by nobody and cut off by the next one.

#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/tracker_directory_files.hpp>
#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/tracker_folder.hpp>

#include <filesystem>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

const RepositoryName widgets{.owner = "acme", .name = "widgets"};
const IssueRef issue{.repository = widgets, .number = 1};

IssueRecord fetch(Tracker& tracker) {
  auto records = tracker.fetch_issues(std::span(&issue, 1));
  INFO((records[0] ? "" : records[0].error().message));
  REQUIRE(records[0].ok());
  return std::move(records[0]).value();
}

// A tracker in which a change was begun: the texts before and after it, and the logs.
struct HalfDone {
  TrackerFolder folder;
  adapter::DirectoryTracker tracker = folder.make_tracker();
  std::string text_before, text_after, log_before, log_after;
  IssueRecord before;

  HalfDone() {
    folder.create_issue(widgets, {.labels = {"ready"}});
    REQUIRE(tracker.writes().record_hand_edits(issue).ok());
    before = fetch(tracker);
    text_before = get_file(folder.text_path(issue));
    log_before = get_file(folder.log_path(issue));
    REQUIRE(tracker.writes().set_label(issue, "in-progress", Target::on).ok());
    text_after = get_file(folder.text_path(issue));
    log_after = get_file(folder.log_path(issue));
  }

  [[nodiscard]] std::string staged_path() const { return folder.repository_path(widgets) + "/.1.md.tmp"; }

  void lay_out(const std::string& text, const std::string& log, const std::optional<std::string>& staged) {
    folder.save(issue, text);
    put_file(folder.log_path(issue), log);
    std::filesystem::remove(staged_path());
    if (staged) {
      put_file(staged_path(), *staged);
    }
  }
};

} // namespace

TEST_CASE("a change that died at any byte has not happened, and happens when it is tried again") {
  HalfDone world;
  const std::size_t log_size = world.log_after.size();
  std::size_t step = 0;
  const auto check_step = [&] {
    INFO("step " << step++);
    CHECK(fetch(world.tracker) == world.before);
    const auto listing = world.tracker.list_issues(std::span(&widgets, 1), {});
    REQUIRE(listing[0].ok());
    REQUIRE(listing[0]->issues.size() == 1);
    CHECK(listing[0]->issues[0].labels == world.before.labels);
    CHECK(listing[0]->broken.empty());

    REQUIRE(world.tracker.writes().set_label(issue, "in-progress", Target::on).ok());
    const IssueRecord after = fetch(world.tracker);
    CHECK(after.labels == std::vector<std::string>{"ready", "in-progress"});
    CHECK(after.events.size() == world.before.events.size() + 1);
    CHECK(names_in(world.folder.repository_path(widgets)) == std::vector<std::string>{"1.events.jsonl", "1.md"});
    CHECK(get_file(world.folder.text_path(issue)) == world.text_after);
  };
  for (std::size_t written = 0; written <= world.text_after.size(); written += 7) { // while it was staged
    world.lay_out(world.text_before, world.log_before, world.text_after.substr(0, written));
    check_step();
  }
  for (std::size_t written = world.log_before.size(); written <= log_size; ++written) { // while it was logged
    world.lay_out(world.text_before, world.log_after.substr(0, written), world.text_after);
    check_step();
  }
}

TEST_CASE("another change after one that died does not bring it back") {
  HalfDone world;
  world.lay_out(world.text_before, world.log_after, world.text_after);
  REQUIRE(world.tracker.writes().set_label(issue, "ready", Target::off).ok());
  const IssueRecord record = fetch(world.tracker);
  CHECK(record.labels.empty());
  REQUIRE(record.events.size() == 2);
  CHECK(record.events[1].kind == IssueEventKind::unlabeled);
}

TEST_CASE("a change that asks for what is there cleans up too") {
  HalfDone world;
  world.lay_out(world.text_before, world.log_before, "half a te");
  REQUIRE(world.tracker.writes().set_label(issue, "ready", Target::on).ok());
  CHECK_FALSE(std::filesystem::exists(world.staged_path()));
  CHECK(fetch(world.tracker) == world.before);
  CHECK(get_file(world.folder.text_path(issue)) == world.text_before);
}

TEST_CASE("an edit by hand after a change that died is an edit by hand") {
  HalfDone world;
  std::string edited = world.text_before;
  edited.replace(edited.find("[\"ready\"]"), 9, "[\"ready\", \"bug\"]");
  world.lay_out(edited, world.log_after, world.text_after);
  const IssueRecord record = fetch(world.tracker);
  CHECK(record.labels == std::vector<std::string>{"ready", "bug"});
  REQUIRE(record.events.size() == 2);
  CHECK(record.events[1].label == "bug");
  CHECK(record.events[1].actor.login == "hand");
}

TEST_CASE("a torn end of the log is cut off before the next entry") {
  HalfDone world;
  world.lay_out(world.text_before, world.log_before + "{\"id\":\"torn", std::nullopt);
  CHECK(fetch(world.tracker) == world.before);
  REQUIRE(world.tracker.writes().set_label(issue, "x", Target::on).ok());
  CHECK(get_file(world.folder.log_path(issue)).find("torn") == std::string::npos);
  CHECK(fetch(world.tracker).events.size() == 2);
}

TEST_CASE("a log whose last line feed is missing goes on in a line of its own") {
  HalfDone world;
  world.lay_out(world.text_before, world.log_before.substr(0, world.log_before.size() - 1), std::nullopt);
  CHECK(fetch(world.tracker) == world.before);
  REQUIRE(world.tracker.writes().set_label(issue, "x", Target::on).ok());
  CHECK(fetch(world.tracker).events.size() == 2);
  CHECK(get_file(world.folder.log_path(issue)).starts_with(world.log_before));
}

TEST_CASE("a new comment that died is no comment, and leaves one file at most") {
  HalfDone world;
  put_file(world.folder.comments_path(issue) + "/.comment.tmp", "+++\nauthor = \"afk\"\n+++\n\nhalf a ca");
  CHECK(fetch(world.tracker).comments.empty());
  const std::string id = world.tracker.writes().create_comment(issue, "card").value();
  CHECK(names_in(world.folder.comments_path(issue)) == std::vector<std::string>{id + ".md"});
}

TEST_CASE("an edit of a comment that died has not happened") {
  HalfDone world;
  const std::string id = world.tracker.writes().create_comment(issue, "one").value();
  put_file(world.folder.comments_path(issue) + "/." + id + ".md.tmp", "+++\nauthor = \"afk\"\n+++\n\ntw");
  CHECK(fetch(world.tracker).comments.at(0).body == "one");
  REQUIRE(world.tracker.writes().edit_comment(issue, id, "two").ok());
  CHECK(fetch(world.tracker).comments.at(0).body == "two");
  CHECK(names_in(world.folder.comments_path(issue)) == std::vector<std::string>{id + ".md"});
}

TEST_CASE("a writer waits for the lock and then says who is in the way") {
  HalfDone world;
  const auto folder = adapter::Folder::open(world.folder.repository_path(widgets));
  const auto held = adapter::FileLock::acquire_folder(folder.value(), Duration(0));
  REQUIRE(held.ok());
  adapter::DirectoryTracker hasty({.root = world.folder.root(), .login = "afk", .lock_patience = Duration(5)},
                                  world.folder.clock, world.folder.random, world.folder.digest);
  const auto set = hasty.writes().set_label(issue, "x", Target::on);
  REQUIRE_FALSE(set.ok());
  CHECK(set.error().kind == ErrorKind::unreachable);
  CHECK(hasty.writes().create_comment(issue, "x").error().kind == ErrorKind::unreachable);
  CHECK(fetch(hasty).labels.size() == 2); // readers do not wait
}

TEST_CASE("a person who saves while a change is made keeps what they saved") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_issue(widgets, {.labels = {"ready"}});
  int saved = 0;
  // Called between reading and writing, as an editor's save may come.
  folder.change(issue, "afk", [&](const adapter::IssueView& view) {
    if (saved++ < 3) {
      folder.clock.advance(std::chrono::seconds(1));
      folder.save(issue, render_sketch({.labels = {"ready", "bug"}, .body = "Saved " + std::to_string(saved) + "\n"}));
    }
    CHECK(view.labels.size() == (saved == 1 ? 1U : 2U));
    return std::vector{adapter::LogEntry{.kind = IssueEventKind::labeled, .label = "in-progress"}};
  });
  CHECK(saved == 4);
  const IssueRecord record = fetch(tracker);
  CHECK(record.labels == std::vector<std::string>{"ready", "bug", "in-progress"});
  CHECK(record.body == "Saved 3\n");
  CHECK(record.events.size() == 3);
  CHECK(names_in(folder.repository_path(widgets)) == std::vector<std::string>{"1.events.jsonl", "1.md"});
}

// Files that somebody broke: the issue is reported with file, line and cure, and the others go on.

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/tracker_folder.hpp>

#include <filesystem>
#include <functional>

#include <sys/stat.h>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

const RepositoryName widgets{.owner = "acme", .name = "widgets"};
const IssueRef first{.repository = widgets, .number = 1};
const IssueRef second{.repository = widgets, .number = 2};

RepositoryListing list(Tracker& tracker) {
  auto listings = tracker.list_issues(std::span(&widgets, 1), {});
  REQUIRE(listings.size() == 1);
  INFO((listings[0] ? "" : listings[0].error().message));
  REQUIRE(listings[0].ok());
  return std::move(listings[0]).value();
}

void link_to(const std::string& target, const std::string& path) {
  std::filesystem::remove_all(path);
  std::filesystem::create_symlink(target, path);
}

} // namespace

TEST_CASE("a text that can not be read breaks its own issue") {
  struct Case {
    std::string name;
    std::function<void(TrackerFolder&)> break_it;
    std::string message; // behind the path of the file
    ErrorKind kind = ErrorKind::malformed;
    std::int64_t number = 1;
  };

  const auto text = [](const std::string& bytes) {
    return [bytes](TrackerFolder& folder) { folder.save(first, bytes); };
  };
  const auto row = GENERATE_COPY(values<Case>({
      {"no TOML", text("+++\ntitle: x\n+++\n"), "1.md:2:6: this is not TOML"},
      {"an empty file: somebody is saving it", text(""), "1.md:1: the file is empty"},
      {"a front matter that does not end", text("+++\ntitle = \"x\"\n"), "1.md:1: the front matter has no end"},
      {"no title", text("+++\nlabels = []\n+++\nText\n"), "1.md:1: the issue has no title"},
      {"not UTF-8", text("+++\ntitle = \"x\"\n+++\n\xFF\n"), "1.md:4: the text is not UTF-8"},
      {"a conflict of Git", text("+++\n<<<<<<< HEAD\ntitle = \"x\"\n+++\n"), "1.md:2:1: this is not TOML"},
      {"too large", text(std::string(3UL * 1024UL * 1024UL, 'x')), "1.md has more than 2097152 bytes",
       ErrorKind::too_large},
      {"a symbolic link to a good file",
       [](TrackerFolder& folder) { link_to(folder.text_path(second), folder.text_path(first)); },
       "1.md is not a regular file"},
      {"a symbolic link to nowhere", [](TrackerFolder& folder) { link_to("nowhere", folder.text_path(first)); },
       "1.md is not a regular file"},
      {"a folder",
       [](TrackerFolder& folder) {
         std::filesystem::remove(folder.text_path(first));
         std::filesystem::create_directory(folder.text_path(first));
       },
       "1.md is not a regular file"},
      {"a pipe that nobody writes to",
       [](TrackerFolder& folder) {
         std::filesystem::remove(folder.text_path(first));
         REQUIRE(::mkfifo(folder.text_path(first).c_str(), 0600) == 0);
       },
       "1.md is not a regular file"},
      {"a log without its text",
       [](TrackerFolder& folder) {
         folder.put_label(first, "x", "alice");
         std::filesystem::remove(folder.text_path(first));
       },
       "1.md is missing: somebody is saving it, or removed it; to delete the issue, remove 1.events.jsonl"},
      {"comments without their text",
       [](TrackerFolder& folder) {
         std::filesystem::create_directory(folder.comments_path(first));
         std::filesystem::remove(folder.text_path(first));
       },
       "1.md is missing"},
      {"a second spelling of its number",
       [](TrackerFolder& folder) { put_file(folder.repository_path(widgets) + "/001.md", "# x\n"); },
       "001.md: a number is written without zeros in front; rename it to 1.md"},
      {"a number with a zero in front",
       [](TrackerFolder& folder) { put_file(folder.repository_path(widgets) + "/07.md", "# x\n"); },
       "07.md: a number is written without zeros in front; rename it to 7.md", ErrorKind::malformed, 7},
      {"a number that is too large",
       [](TrackerFolder& folder) { put_file(folder.repository_path(widgets) + "/99999999999999999999.md", "# x\n"); },
       "99999999999999999999.md: no issue can have this number", ErrorKind::malformed, 0},
      {"number zero", [](TrackerFolder& folder) { put_file(folder.repository_path(widgets) + "/0.md", "# x\n"); },
       "0.md: no issue can have this number", ErrorKind::malformed, 0},
  }));
  DYNAMIC_SECTION(row.name) {
    TrackerFolder folder;
    auto tracker = folder.make_tracker();
    folder.create_issue(widgets, {.labels = {"ready"}});
    folder.create_issue(widgets, {.labels = {"ready"}});
    row.break_it(folder);

    const RepositoryListing listing = list(tracker);
    REQUIRE(listing.broken.size() == 1);
    const auto& [issue, error] = listing.broken[0];
    CHECK(issue == IssueRef{.repository = widgets, .number = row.number});
    CHECK(error.kind == row.kind);
    INFO(error.message);
    CHECK(error.message.find(folder.repository_path(widgets) + "/" + row.message) != std::string::npos);
    const bool first_is_fine = row.number != 1;
    REQUIRE(listing.issues.size() == (first_is_fine ? 2U : 1U));
    CHECK(listing.issues.back().issue == second);

    if (row.number > 0) {
      const std::vector<IssueRef> both{issue, second};
      const auto records = tracker.fetch_issues(both);
      REQUIRE_FALSE(records[0].ok());
      CHECK(records[0].error().kind == row.kind);
      CHECK(records[0].error().message.find(row.message) != std::string::npos);
      CHECK(records[1].ok());
    }
    CHECK(tracker.writes().set_label(second, "x", Target::on).ok());
  }
}

TEST_CASE("a log or a comment that can not be read breaks its own issue") {
  struct Case {
    std::string name;
    std::function<void(TrackerFolder&)> break_it;
    std::string message;
    ErrorKind kind = ErrorKind::malformed;
  };

  const auto row = GENERATE_COPY(values<Case>({
      {"a line that is no entry",
       [](TrackerFolder& folder) { put_file(folder.log_path(first), "hello\n" + get_file(folder.log_path(first))); },
       "1.events.jsonl:1: this line is no entry of the log: byte 1 is not JSON; take the file back"},
      {"a conflict of Git",
       [](TrackerFolder& folder) {
         put_file(folder.log_path(first), get_file(folder.log_path(first)) + "<<<<<<< HEAD\n=======\n");
       },
       "1.events.jsonl:2: this line is no entry"},
      {"shorter than what the text has seen", [](TrackerFolder& folder) { put_file(folder.log_path(first), ""); },
       "1.md:1: the text has seen 1 entries of the log, the log has 0"},
      {"gone, but seen", [](TrackerFolder& folder) { std::filesystem::remove(folder.log_path(first)); },
       "1.md:1: the text has seen 1 entries of the log, the log has 0"},
      {"a symbolic link as log",
       [](TrackerFolder& folder) {
         std::filesystem::rename(folder.log_path(first), folder.root() + "/elsewhere");
         link_to(folder.root() + "/elsewhere", folder.log_path(first));
       },
       "1.events.jsonl: Too many levels of symbolic links (a symbolic link"},
      {"a folder as log",
       [](TrackerFolder& folder) {
         std::filesystem::remove(folder.log_path(first));
         std::filesystem::create_directory(folder.log_path(first));
       },
       "1.events.jsonl is not a regular file"},
      {"a broken comment",
       [](TrackerFolder& folder) { put_file(folder.comments_path(first) + "/a.md", "+++\nauthor = 7\n+++\n"); },
       "1.comments/a.md:2:10: author must be a text"},
      {"an empty comment", [](TrackerFolder& folder) { put_file(folder.comments_path(first) + "/a.md", ""); },
       "1.comments/a.md:1: the file is empty"},
      {"a symbolic link as comment",
       [](TrackerFolder& folder) {
         std::filesystem::create_directory(folder.comments_path(first));
         link_to("/etc/passwd", folder.comments_path(first) + "/a.md");
       },
       "1.comments/a.md: Too many levels of symbolic links"},
      {"a link as folder of comments", [](TrackerFolder& folder) { link_to("/etc", folder.comments_path(first)); },
       "1.comments: Not a directory"},
      {"a file as folder of comments", [](TrackerFolder& folder) { put_file(folder.comments_path(first), "x"); },
       "1.comments: Not a directory"},
  }));
  DYNAMIC_SECTION(row.name) {
    TrackerFolder folder;
    auto tracker = folder.make_tracker();
    folder.create_issue(widgets);
    folder.create_issue(widgets);
    folder.put_label(first, "ready", "alice");
    row.break_it(folder);
    const std::vector<IssueRef> both{first, second};
    const auto records = tracker.fetch_issues(both);
    REQUIRE_FALSE(records[0].ok());
    INFO(records[0].error().message);
    CHECK(records[0].error().kind == row.kind);
    CHECK(records[0].error().message.find(row.message) != std::string::npos);
    CHECK(records[1].ok());
  }
}

TEST_CASE("nothing is written to an issue that can not be read") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_issue(widgets);
  folder.put_label(first, "ready", "alice");
  const bool break_text = GENERATE(true, false);
  const std::string path = break_text ? folder.text_path(first) : folder.log_path(first);
  put_file(path, "+++\n<<<<<<<\n+++\n");
  const std::string text = get_file(folder.text_path(first));
  const std::string log = get_file(folder.log_path(first));
  CHECK(tracker.writes().set_label(first, "x", Target::on).error().kind == ErrorKind::malformed);
  CHECK(tracker.writes().close_issue(first).error().kind == ErrorKind::malformed);
  CHECK(tracker.writes().record_hand_edits(first).error().kind == ErrorKind::malformed);
  CHECK(get_file(folder.text_path(first)) == text);
  CHECK(get_file(folder.log_path(first)) == log);
}

TEST_CASE("nothing is written through a symbolic link") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_issue(widgets);
  put_file(folder.root() + "/outside/victim", "precious");
  SECTION("as log") {
    link_to(folder.root() + "/outside/victim", folder.log_path(first));
    CHECK_FALSE(tracker.writes().set_label(first, "x", Target::on).ok());
  }
  SECTION("as text") {
    link_to(folder.root() + "/outside/victim", folder.text_path(first));
    CHECK_FALSE(tracker.writes().set_label(first, "x", Target::on).ok());
  }
  SECTION("as folder of comments") {
    link_to(folder.root() + "/outside", folder.comments_path(first));
    CHECK_FALSE(tracker.writes().create_comment(first, "x").ok());
  }
  SECTION("as staged text") {
    link_to(folder.root() + "/outside/victim", folder.repository_path(widgets) + "/.1.md.tmp");
    CHECK(tracker.writes().set_label(first, "x", Target::on).ok());
  }
  SECTION("as staged comment") {
    std::filesystem::create_directory(folder.comments_path(first));
    link_to(folder.root() + "/outside/victim", folder.comments_path(first) + "/.comment.tmp");
    CHECK(tracker.writes().create_comment(first, "x").ok());
  }
  SECTION("as repository") {
    std::filesystem::rename(folder.repository_path(widgets), folder.root() + "/moved");
    link_to(folder.root() + "/moved", folder.repository_path(widgets));
    CHECK_FALSE(tracker.writes().set_label(first, "x", Target::on).ok());
    CHECK(tracker.list_issues(std::span(&widgets, 1), {})[0].error().kind == ErrorKind::malformed);
  }
  CHECK(names_in(folder.root() + "/outside") == std::vector<std::string>{"victim"});
  CHECK(get_file(folder.root() + "/outside/victim") == "precious");
}

TEST_CASE("two folders that differ in case only are nobody's repository") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_repository(widgets);
  folder.create_repository({.owner = "acme", .name = "Widgets"});
  const auto listings = tracker.list_issues(std::span(&widgets, 1), {});
  REQUIRE_FALSE(listings[0].ok());
  CHECK(listings[0].error().kind == ErrorKind::malformed);
  CHECK(listings[0].error().message.find("differ in case only") != std::string::npos);
}

TEST_CASE("a tracker that is not there is unreachable, not empty") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_issue(widgets);
  SECTION("not mounted") {
    std::filesystem::rename(folder.root(), folder.root() + "-away");
  }
  SECTION("not initialised") {
    std::filesystem::remove(folder.root() + "/tracker.toml");
  }
  CHECK(tracker.list_issues(std::span(&widgets, 1), {})[0].error().kind == ErrorKind::unreachable);
  CHECK(tracker.fetch_issues(std::span(&first, 1))[0].error().kind == ErrorKind::unreachable);
  CHECK(tracker.writes().set_label(first, "x", Target::on).error().kind == ErrorKind::unreachable);
  CHECK_FALSE(tracker.fetch_host().ok());
  std::filesystem::remove_all(folder.root() + "-away");
}

TEST_CASE("reading works in a folder that nobody can write to") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_issue(widgets, {.labels = {"ready"}});
  folder.put_label(first, "x", "alice");
  REQUIRE(tracker.writes().create_comment(first, "hello").ok());
  const auto permissions = [&](std::filesystem::perms files, std::filesystem::perms folders) {
    std::filesystem::permissions(folder.root(), folders);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.root())) {
      std::filesystem::permissions(entry.path(), entry.is_directory() ? folders : files);
    }
  };
  permissions(std::filesystem::perms{0444}, std::filesystem::perms{0555});
  const int failed = run_unprivileged([&] {
    const auto listings = tracker.list_issues(std::span(&widgets, 1), {});
    const auto records = tracker.fetch_issues(std::span(&first, 1));
    const bool reads = tracker.fetch_host().ok() && listings[0].ok() && listings[0]->issues.size() == 1 &&
                       records[0].ok() && records[0]->comments.size() == 1;
    const auto written = tracker.writes().set_label(first, "y", Target::on);
    const auto commented = tracker.writes().create_comment(first, "y");
    const bool refused = !written.ok() && written.error().kind == ErrorKind::forbidden && !commented.ok() &&
                         commented.error().kind == ErrorKind::forbidden;
    return (reads ? 0 : 1) + (refused ? 0 : 2);
  });
  permissions(std::filesystem::perms{0644}, std::filesystem::perms{0755});
  CHECK(failed == 0);
}

TEST_CASE("reading leaves every file and every time as it is") {
  TrackerFolder folder;
  auto tracker = folder.make_tracker();
  folder.create_issue(widgets, {.labels = {"ready"}});
  folder.put_label(first, "x", "alice");
  folder.save(first, get_file(folder.text_path(first)) + "by hand\n");
  const auto look = [&] {
    std::vector<std::pair<std::string, std::filesystem::file_time_type>> seen;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.root())) {
      seen.emplace_back(entry.path().string(), entry.last_write_time());
    }
    std::ranges::sort(seen);
    return seen;
  };
  const auto before = look();
  REQUIRE(tracker.fetch_host().ok());
  list(tracker);
  REQUIRE(tracker.fetch_issues(std::span(&first, 1))[0].ok());
  CHECK(look() == before);
}

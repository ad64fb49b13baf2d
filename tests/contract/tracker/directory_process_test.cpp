// The directory tracker under several processes at once, and under processes that are killed: at every system call of a
// change in turn, and at any moment while others go on.

#include <afk/adapter/system_clock.hpp>
#include <afk/adapter/tracker_directory_files.hpp>
#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/tracker_folder.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <regex>
#include <set>

#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

const RepositoryName widgets{.owner = "acme", .name = "widgets"};
const IssueRef first_issue{.repository = widgets, .number = 1};

// A client with the machine's own random numbers: processes must not mint the same ids.
struct Client {
  explicit Client(TrackerFolder& folder)
      : tracker({.root = folder.root(), .login = "afk", .lock_patience = std::chrono::seconds(60)}, clock, random,
                folder.digest) {}

  adapter::SystemClock clock;
  adapter::SystemRandom random;
  adapter::DirectoryTracker tracker;
};

IssueRecord fetch(Tracker& tracker) {
  auto records = tracker.fetch_issues(std::span(&first_issue, 1));
  INFO((records[0] ? "" : records[0].error().message));
  REQUIRE(records[0].ok());
  return std::move(records[0]).value();
}

// What every log must be, whoever was killed while writing it.
void check_log(const IssueRecord& record) {
  std::set<std::string> ids;
  std::map<std::string, bool> on;
  Timestamp last{};
  for (const IssueEvent& event : record.events) {
    if (event.recorded) {
      CHECK(ids.insert(event.id.text).second);
    }
    CHECK(event.time >= last);
    last = event.time;
    if (!event.label.empty()) {
      bool& state = on[event.label];
      CHECK(state == (event.kind == IssueEventKind::unlabeled)); // on and off in turn
      state = event.kind == IssueEventKind::labeled;
    }
  }
  for (const auto& [label, is_on] : on) {
    CHECK(is_on == (std::ranges::find(record.labels, label) != record.labels.end()));
  }
}

// The files of an issue without what differs between two runs: ids, times, hashes of them in names.
std::map<std::string, std::string> normalized_files(const TrackerFolder& folder) {
  static const std::regex hex("[0-9a-f]{32,64}");
  static const std::regex moment("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z");
  static const std::regex comment_name("[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}");
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.repository_path(widgets))) {
    if (entry.is_regular_file()) {
      std::string name = std::regex_replace(entry.path().filename().string(), comment_name, "COMMENT");
      while (files.contains(name)) {
        name += "+";
      }
      files[name] = std::regex_replace(std::regex_replace(get_file(entry.path().string()), hex, "HEX"), moment, "TIME");
    }
  }
  return files;
}

} // namespace

TEST_CASE("several processes lose nothing of each other") {
  constexpr int processes = 6;
  constexpr int rounds = 20;
  TrackerFolder folder;
  folder.create_issue(widgets, {.labels = {"ready"}});
  std::vector<pid_t> children;
  for (int index = 0; index < processes; ++index) {
    children.push_back(start_child([&, index] {
      Client client(folder);
      TrackerWrites& writes = client.tracker.writes();
      int failures = 0;
      const std::string own = fmt::format("own-{}", index);
      for (int round = 0; round < rounds; ++round) {
        const Target target = round % 2 == 0 ? Target::on : Target::off;
        failures += writes.set_label(first_issue, own, target).ok() ? 0 : 1;
        failures += writes.set_label(first_issue, "shared", target).ok() ? 0 : 1;
        const auto id = writes.create_comment(first_issue, fmt::format("{} {}", index, round));
        failures += id.ok() && writes.edit_comment(first_issue, *id, fmt::format("{} {}!", index, round)).ok() ? 0 : 1;
      }
      return failures;
    }));
  }
  int looks = 0;
  Client reader(folder);
  for (std::size_t waiting = children.size(); waiting > 0; ++looks) {
    check_log(fetch(reader.tracker)); // whole at every moment
    while (waiting > 0 && ::waitpid(-1, nullptr, WNOHANG) > 0) {
      --waiting;
    }
  }
  const IssueRecord record = fetch(reader.tracker);
  check_log(record);
  fmt::print("{} processes, {} changes each, read {} times meanwhile\n", processes, rounds * 4, looks);
  for (int index = 0; index < processes; ++index) {
    const std::string own = fmt::format("own-{}", index);
    CHECK(std::ranges::count(record.events, own, &IssueEvent::label) == rounds);
  }
  std::multiset<std::string> texts;
  for (const Comment& comment : record.comments) {
    texts.insert(comment.body);
  }
  CHECK(texts.size() == static_cast<std::size_t>(processes * rounds));
  for (int index = 0; index < processes; ++index) {
    for (int round = 0; round < rounds; ++round) {
      CHECK(texts.count(fmt::format("{} {}!", index, round)) == 1);
    }
  }
  CHECK(names_in(folder.repository_path(widgets)) == std::vector<std::string>{"1.comments", "1.events.jsonl", "1.md"});
}

TEST_CASE("a writer that is killed at any moment loses nothing of the others and leaves nothing half done") {
  constexpr int kills = 40;
  TrackerFolder folder(TemporaryFolder::Medium::disk); // whose syncs take time, in which the kill comes
  folder.create_issue(widgets, {.labels = {"ready"}});
  Client reader(folder);
  const std::string card = reader.tracker.writes().create_comment(first_issue, "card").value();
  std::size_t seen_events = 0;
  int killed_inside = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const pid_t child = start_child([&] {
      Client client(folder);
      for (int round = 0;; ++round) {
        const Target target = round % 2 == 0 ? Target::on : Target::off;
        static_cast<void>(client.tracker.writes().set_label(first_issue, "a", target).ok());
        static_cast<void>(
            client.tracker.writes().edit_comment(first_issue, card, fmt::format("{} {}", ::getpid(), round)).ok());
      }
      return 0;
    });
    const std::size_t before = seen_events;
    for (int look = 0; look < kill % 7 || seen_events == before; ++look) { // until it has done something
      const IssueRecord record = fetch(reader.tracker);
      CHECK(record.events.size() >= seen_events); // what was seen once never goes away
      CHECK(record.comments.size() == 1);
      seen_events = record.events.size();
    }
    ::usleep(static_cast<useconds_t>(kill * 997 % 15'000)); // anywhere in the change that follows
    ::kill(child, SIGKILL);
    CHECK(wait_for_child(child) == 256 + SIGKILL);
    const auto left = names_in(folder.repository_path(widgets));
    killed_inside += std::ranges::count(left, ".1.md.tmp") > 0 ? 1 : 0;
    const IssueRecord record = fetch(reader.tracker);
    check_log(record);
    CHECK(record.events.size() >= seen_events);
    seen_events = record.events.size();
  }
  REQUIRE(reader.tracker.writes().set_label(first_issue, "last", Target::on).ok());
  check_log(fetch(reader.tracker));
  fmt::print("{} writers killed, {} of them between staging and renaming\n", kills, killed_inside);
  CHECK(names_in(folder.repository_path(widgets)) == std::vector<std::string>{"1.comments", "1.events.jsonl", "1.md"});
}

namespace {

enum class Ended : std::uint8_t { killed, by_itself, not_traceable };

// A child that stops before and after each of its system calls. What happens at a stop is up to the test.
class SteppedChild {
 public:
  explicit SteppedChild(const std::function<int()>& body)
      : child_(start_child([&] {
          if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
            return 77;
          }
          ::raise(SIGSTOP);
          return body();
        })) {
    wait();
  }

  SteppedChild(const SteppedChild&) = delete;
  SteppedChild& operator=(const SteppedChild&) = delete;

  ~SteppedChild() {
    if (!exited()) {
      kill();
    }
  }

  [[nodiscard]] bool exited() const { return WIFEXITED(status_) || WIFSIGNALED(status_); }

  [[nodiscard]] int exit_code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }

  // Runs on to the next stop, or to its end.
  void step() {
    ::ptrace(PTRACE_SYSCALL, child_, nullptr, nullptr);
    wait();
  }

  void kill() {
    ::kill(child_, SIGKILL);
    while (!exited()) {
      wait();
    }
  }

 private:
  void wait() { REQUIRE(::waitpid(child_, &status_, 0) == child_); }

  pid_t child_;
  int status_ = 0;
};

// Kills the child at its `stop`-th stop.
Ended run_until_stop(int stop, const std::function<int()>& body) {
  SteppedChild child(body);
  if (child.exited()) {
    return Ended::not_traceable;
  }
  for (int count = 0; count < stop; ++count) {
    child.step();
    if (child.exited()) {
      REQUIRE(child.exit_code() == 0);
      return Ended::by_itself;
    }
  }
  child.kill();
  return Ended::killed;
}

struct Operation {
  std::string name;
  IssueSketch sketch;
  std::function<Result<void>(TrackerWrites&)> run;
};

std::vector<Operation> operations() {
  const auto label_on = [](TrackerWrites& writes) { return writes.set_label(first_issue, "in-progress", Target::on); };
  const auto comment = [](TrackerWrites& writes) -> Result<void> {
    const auto id = writes.create_comment(first_issue, "card");
    return id ? Result<void>() : Result<void>(id.error());
  };
  const auto record = [](TrackerWrites& writes) -> Result<void> {
    const auto events = writes.record_hand_edits(first_issue);
    return events ? Result<void>() : Result<void>(events.error());
  };
  return {
      {"a label on a fresh file", {}, label_on},
      {"a label on a file that was armed by hand", {.labels = {"ready", "bug"}}, label_on},
      {"a label off",
       {.labels = {"in-progress"}},
       [](TrackerWrites& writes) { return writes.set_label(first_issue, "in-progress", Target::off); }},
      {"edits by hand", {.labels = {"ready"}}, record},
      {"closing", {}, [](TrackerWrites& writes) { return writes.close_issue(first_issue); }},
      {"a comment", {}, comment},
      {"an edit of a comment",
       {.title = "with comment"},
       [](TrackerWrites& writes) { return writes.edit_comment(first_issue, "given", "edited"); }},
  };
}

void set_up(TrackerFolder& folder, const Operation& operation) {
  folder.create_issue(widgets, operation.sketch);
  if (operation.sketch.title == "with comment") {
    put_file(folder.comments_path(first_issue) + "/given.md",
             "+++\nauthor = \"afk\"\ncreated_at = 2026-11-20T12:00:00Z\n+++\n\nas it was");
  }
}

// Labels, state, comments and recorded events: what a change may have done or not, and nothing in between.
std::string summarize(const IssueRecord& record) {
  std::string text = fmt::format("{} {} |", static_cast<int>(record.state), fmt::join(record.labels, ","));
  for (const IssueEvent& event : record.events) {
    text += fmt::format(" {}{}{}", static_cast<int>(event.kind), event.label, event.recorded ? "" : "?");
  }
  for (const Comment& comment : record.comments) {
    text += " / " + comment.body;
  }
  return text;
}

} // namespace

TEST_CASE("a change that is killed before or after any of its system calls happened or did not") {
  for (const Operation& operation : operations()) {
    DYNAMIC_SECTION(operation.name) {
      TrackerFolder undisturbed;
      set_up(undisturbed, operation);
      Client reference(undisturbed);
      const std::string before = summarize(fetch(reference.tracker));
      REQUIRE(operation.run(reference.tracker.writes()).ok());
      const std::string after = summarize(fetch(reference.tracker));
      const auto files = normalized_files(undisturbed);
      CHECK(before != after);

      int done = 0;
      int stop = 0;
      for (Ended ended = Ended::killed; ended == Ended::killed; ++stop) {
        TrackerFolder folder;
        set_up(folder, operation);
        Client client(folder);
        ended = run_until_stop(stop, [&] { return operation.run(client.tracker.writes()).ok() ? 0 : 1; });
        if (ended == Ended::not_traceable) {
          skip("processes can not be traced here");
          return;
        }
        INFO("stop " << stop);
        const std::string seen = summarize(fetch(client.tracker));
        CHECK((seen == before || seen == after));
        done += seen == after ? 1 : 0;
        const auto listing = client.tracker.list_issues(std::span(&widgets, 1), {});
        REQUIRE(listing[0].ok());
        CHECK(listing[0]->broken.empty());

        // A comment is not idempotent by itself: the loop looks for its marker first.
        if (seen != after || operation.name != "a comment") {
          REQUIRE(operation.run(client.tracker.writes()).ok());
        }
        CHECK(summarize(fetch(client.tracker)) == after);
        CHECK(normalized_files(folder) == files);
      }
      fmt::print("{}: killed at {} places, had happened at {}\n", operation.name, stop - 1, done - 1);
      CHECK(stop > 40);
      CHECK(done > 1);
    }
  }
}

TEST_CASE("a reader that a change overtakes at any of its system calls sees the issue before or after it") {
  constexpr int before = 10;
  constexpr int after = 20;
  int looks_before = 0;
  int looks_after = 0;
  for (int stop = 0;; ++stop) {
    TrackerFolder folder;
    folder.create_issue(widgets, {.labels = {"ready"}});
    Client client(folder);
    REQUIRE(client.tracker.writes().set_label(first_issue, "bug", Target::on).ok());
    SteppedChild reader([&] {
      const auto records = client.tracker.fetch_issues(std::span(&first_issue, 1));
      if (!records[0]) {
        return 1;
      }
      const std::size_t events = records[0]->events.size();
      const std::size_t comments = records[0]->comments.size();
      if (records[0]->labels.size() != events) {
        return 2;
      }
      // The card is written before the label that it announces.
      if (events == 3 && comments != 1) {
        return 3;
      }
      return events == 2 ? before : after;
    });
    if (reader.exited()) {
      skip("processes can not be traced here");
      return;
    }
    for (int count = 0; count < stop && !reader.exited(); ++count) {
      reader.step();
    }
    const bool was_over = reader.exited();
    REQUIRE(client.tracker.writes().create_comment(first_issue, "card").ok());
    REQUIRE(client.tracker.writes().set_label(first_issue, "in-progress", Target::on).ok());
    while (!reader.exited()) {
      reader.step();
    }
    INFO("overtaken at stop " << stop);
    CHECK((reader.exit_code() == before || reader.exit_code() == after));
    looks_before += reader.exit_code() == before ? 1 : 0;
    looks_after += reader.exit_code() == after ? 1 : 0;
    if (was_over) {
      break;
    }
  }
  fmt::print("a reader overtaken at every stop: {} times before, {} times after the change\n", looks_before,
             looks_after);
  CHECK(looks_before > 2);
  CHECK(looks_after > 10);
}

TEST_CASE("a reader whom writers give no room at all comes to an end") {
  TrackerFolder folder;
  folder.create_issue(widgets, {.labels = {"ready"}});
  Client client(folder);
  adapter::DirectoryTracker hasty({.root = folder.root(), .login = "afk", .lock_patience = Duration(0)}, client.clock,
                                  client.random, folder.digest);
  SteppedChild reader([&] { return client.tracker.fetch_issues(std::span(&first_issue, 1))[0].ok() ? 0 : 1; });
  if (reader.exited()) {
    skip("processes can not be traced here");
    return;
  }
  int changes = 0;
  for (int count = 0; !reader.exited(); ++count) {
    const Target target = changes % 2 == 0 ? Target::on : Target::off;
    changes += hasty.writes().set_label(first_issue, "a", target).ok() ? 1 : 0; // at every single stop
    reader.step();
  }
  CHECK(reader.exit_code() == 0);
  CHECK(changes > 50);
}

TEST_CASE("what a person saves at any moment of a change is kept, but for the moment of the renaming") {
  int lost = 0;
  int stops = 0;
  for (bool over = false; !over; ++stops) {
    TrackerFolder folder;
    folder.create_issue(widgets, {.labels = {"ready"}});
    Client client(folder);
    SteppedChild writer(
        [&] { return client.tracker.writes().set_label(first_issue, "in-progress", Target::on).ok() ? 0 : 1; });
    if (writer.exited()) {
      skip("processes can not be traced here");
      return;
    }
    for (int count = 0; count < stops && !writer.exited(); ++count) {
      writer.step();
    }
    over = writer.exited();
    // As editors save: a new file renamed into the old one's place, whatever that says by now.
    const std::string path = folder.text_path(first_issue);
    std::string text = get_file(path);
    text += "Saved by hand.\n";
    put_file(path + "~", text);
    std::filesystem::rename(path + "~", path);
    while (!writer.exited()) {
      writer.step();
    }
    INFO("saved at stop " << stops);
    CHECK(writer.exit_code() == 0);
    const IssueRecord record = fetch(client.tracker);
    check_log(record);
    CHECK(record.labels == std::vector<std::string>{"ready", "in-progress"});
    lost += record.body.ends_with("Saved by hand.\n") ? 0 : 1;
  }
  fmt::print("a person saved at {} moments of a change, {} of them lost\n", stops, lost);
  CHECK(lost <= 4); // two renames, each with the stops between the last look and itself
}

TEST_CASE("a text that is away for a moment, as when an editor saves it, is not a removed issue") {
  constexpr int whole = 10;
  constexpr int broken = 20;
  constexpr int gone = 30;
  int broken_looks = 0;
  bool over = false;
  for (int stop = 0; !over; ++stop) {
    TrackerFolder folder;
    folder.create_issue(widgets, {.labels = {"ready"}});
    Client client(folder);
    REQUIRE(client.tracker.writes().record_hand_edits(first_issue).ok());
    SteppedChild reader([&] {
      const auto records = client.tracker.fetch_issues(std::span(&first_issue, 1));
      if (!records[0]) {
        return records[0].error().kind == ErrorKind::malformed ? broken : 1;
      }
      return records[0]->state == IssueState::gone ? gone : whole;
    });
    if (reader.exited()) {
      skip("processes can not be traced here");
      return;
    }
    for (int count = 0; count < stop && !reader.exited(); ++count) {
      reader.step();
    }
    over = reader.exited();
    const std::string path = folder.text_path(first_issue);
    std::filesystem::rename(path, path + "~");
    while (!reader.exited()) {
      reader.step();
    }
    INFO("taken away at stop " << stop);
    CHECK((reader.exit_code() == whole || reader.exit_code() == broken));
    broken_looks += reader.exit_code() == broken ? 1 : 0;
    CHECK(client.tracker.writes().set_label(first_issue, "a", Target::on).error().kind == ErrorKind::malformed);
  }
  CHECK(broken_looks > 10);
}

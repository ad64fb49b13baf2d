#include <support/tracker_folder.hpp>

#include <afk/adapter/front_matter_render.hpp>
#include <afk/adapter/front_matter_text.hpp>
#include <support/files.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

namespace afk::test {

namespace {

template <typename T>
T unwrap(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(result).value();
}

adapter::OpenRepository open_repository(const std::string& root, const RepositoryName& name) {
  auto repository = unwrap(adapter::try_open_repository(unwrap(adapter::Folder::open(root)), name));
  if (!repository) {
    throw std::runtime_error("no repository " + render_repository_name(name));
  }
  return std::move(*repository);
}

} // namespace

std::string render_sketch(const IssueSketch& sketch) {
  std::string front = fmt::format("title = {}\n", adapter::quote_toml(sketch.title));
  if (!sketch.labels.empty()) {
    front += fmt::format("labels = {}\n", adapter::render_toml_list(sketch.labels));
  }
  if (!sketch.blocked_by.empty()) {
    front += fmt::format("blocked_by = {}\n", adapter::render_toml_list(sketch.blocked_by));
  }
  return adapter::join_front_matter({.front = front, .body = sketch.body});
}

TrackerFolder::TrackerFolder(TemporaryFolder::Medium medium) : folder_(medium) {
  unwrap(adapter::create_directory_tracker(folder_.path(), random));
}

std::string TrackerFolder::repository_path(const RepositoryName& repository) const {
  return fmt::format("{}/{}/{}", root(), repository.owner, repository.name);
}

std::string TrackerFolder::text_path(const IssueRef& issue) const {
  return fmt::format("{}/{}.md", repository_path(issue.repository), issue.number);
}

std::string TrackerFolder::log_path(const IssueRef& issue) const {
  return fmt::format("{}/{}.events.jsonl", repository_path(issue.repository), issue.number);
}

std::string TrackerFolder::comments_path(const IssueRef& issue) const {
  return fmt::format("{}/{}.comments", repository_path(issue.repository), issue.number);
}

adapter::DirectoryTracker TrackerFolder::make_tracker(std::string login) {
  return {{.root = root(), .login = std::move(login)}, clock, random, digest};
}

void TrackerFolder::create_repository(const RepositoryName& repository) {
  std::filesystem::create_directories(repository_path(repository));
}

IssueRef TrackerFolder::create_issue(const RepositoryName& repository, const IssueSketch& sketch) {
  IssueRef issue{.repository = repository, .number = 1};
  while (std::filesystem::exists(text_path(issue))) {
    ++issue.number;
  }
  save(issue, render_sketch(sketch));
  return issue;
}

void TrackerFolder::save(const IssueRef& issue, std::string_view text) {
  put_file(text_path(issue), text);
  set_modified(text_path(issue), clock.now());
}

void TrackerFolder::change(const IssueRef& issue, std::string_view person, const adapter::DeriveChange& derive_change) {
  const adapter::WriterContext writer{.clock = clock, .random = random, .digest = digest, .login = std::string(person)};
  unwrap(adapter::commit_change(open_repository(root(), issue.repository), issue.number, derive_change, writer));
}

void TrackerFolder::put_label(const IssueRef& issue, std::string_view label, std::string_view person) {
  auto tracker = make_tracker(std::string(person));
  if (auto set = tracker.writes().set_label(issue, label, TrackerWrites::LabelTarget::on); !set) {
    throw std::runtime_error(set.error().message);
  }
}

void TrackerFolder::take_label(const IssueRef& issue, std::string_view label, std::string_view person) {
  auto tracker = make_tracker(std::string(person));
  if (auto set = tracker.writes().set_label(issue, label, TrackerWrites::LabelTarget::off); !set) {
    throw std::runtime_error(set.error().message);
  }
}

void TrackerFolder::change_text(const IssueRef& issue, std::string_view person, const IssueSketch& sketch) {
  // Everything up to now is on record first; then the text and the entry that says who changed it.
  change(issue, person, [](const adapter::IssueView&) { return std::vector<adapter::LogEntry>(); });
  const auto stored =
      unwrap(adapter::try_read_locked_issue(open_repository(root(), issue.repository), issue.number)).value();
  const auto before = unwrap(adapter::derive_issue_view(stored, clock.now(), digest));
  std::string lines;
  auto count = static_cast<std::int64_t>(before.recorded.size());
  const auto add = [&](IssueEventKind kind, std::string title_sha256, std::string body_sha256) {
    lines += adapter::render_log_entry({.id = random.hex(16),
                                        .time = clock.now(),
                                        .by = std::string(person),
                                        .kind = kind,
                                        .title_sha256 = std::move(title_sha256),
                                        .body_sha256 = std::move(body_sha256)}) +
             "\n";
    ++count;
  };
  if (sketch.title != before.title) {
    add(IssueEventKind::title_changed, adapter::derive_text_hash(sketch.title, digest), {});
  }
  if (sketch.body != before.body) {
    add(IssueEventKind::body_changed, {}, adapter::derive_text_hash(sketch.body, digest));
  }
  const std::string log = std::filesystem::exists(log_path(issue)) ? get_file(log_path(issue)) : std::string();
  put_file(log_path(issue), log + lines);
  IssueSketch changed = sketch;
  changed.labels = before.labels;
  changed.blocked_by = before.blocked_by;
  save(issue, unwrap(adapter::edit_issue_text(render_sketch(changed),
                                              {.labels = std::nullopt, .state = before.state, .events = count})));
}

void set_modified(const std::string& path, Timestamp moment) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(moment);
  timespec time{};
  time.tv_sec = seconds.time_since_epoch().count();
  time.tv_nsec = std::chrono::nanoseconds(moment - seconds).count();
  const timespec times[2] = {time, time};
  if (::utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) {
    throw std::runtime_error("utimensat failed");
  }
}

} // namespace afk::test

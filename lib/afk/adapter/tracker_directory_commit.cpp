#include <afk/adapter/tracker_directory_commit.hpp>

#include <afk/adapter/file_lock.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {

namespace {

constexpr int most_attempts = 10; // while a person keeps saving the same file
constexpr std::size_t id_bytes = 16;

// One change under the lock of its repository.
class Change {
 public:
  Change(const OpenRepository& repository, std::int64_t number, const WriterContext& context)
      : folder_(repository.folder), repository_(repository), number_(number), names_(derive_file_names(number)),
        context_(context) {}

  Result<IssueView> run(const DeriveChange& derive_change) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      if (auto loaded = load(); !loaded) {
        return std::move(loaded).error();
      }
      const auto mended = mend_log();
      if (!mended) {
        return mended.error();
      }
      if (*mended == Step::look_again) {
        continue;
      }
      std::vector<LogEntry> entries = complete(derive_change(view_));
      if (entries.empty()) {
        return leave_as_it_is();
      }
      const auto written = write(entries);
      if (!written) {
        return written.error();
      }
      if (*written == Step::done) {
        return std::move(view_);
      }
    }
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("{} was saved by somebody else each time it should be changed", path())};
  }

 private:
  enum class Step : std::uint8_t { done, look_again };

  [[nodiscard]] std::string path() const { return folder_.path_of(names_.text); }

  Result<void> load() {
    auto stored = try_read_locked_issue(repository_, number_);
    if (!stored) {
      return std::move(stored).error();
    }
    if (!stored->has_value()) {
      return Error{.kind = ErrorKind::not_found, .message = fmt::format("there is no issue {}", path())};
    }
    stored_ = std::move(**stored);
    auto view = derive_issue_view(stored_, context_.clock.now(), context_.digest);
    if (!view) {
      return in_file(path(), std::move(view).error());
    }
    view_ = std::move(view).value();
    return {};
  }

  // Cuts off what a writer that died has left at the end of the log.
  Result<Step> mend_log() {
    std::size_t keep = stored_.log.whole_bytes;
    if (view_.unfinished == IssueView::Unfinished::cut_off) {
      keep = view_.recorded.empty() ? 0 : stored_.log.ends.at(view_.recorded.size() - 1);
    }
    if (std::cmp_equal(keep, stored_.log_size)) {
      return Step::done;
    }
    // The staged text goes after the entries that it has seen: without it they would count.
    if (auto cut = folder_.truncate(names_.log, static_cast<std::int64_t>(keep)); !cut) {
      return std::move(cut).error();
    }
    if (auto discarded = folder_.discard_staged(names_.text); !discarded) {
      return std::move(discarded).error();
    }
    return Step::look_again;
  }

  Result<IssueView> leave_as_it_is() {
    if (stored_.staged == StoredIssue::Staged::present) {
      if (auto discarded = folder_.discard_staged(names_.text); !discarded) {
        return std::move(discarded).error();
      }
    }
    return std::move(view_);
  }

  // The edits by hand and what is wanted, with ids and times, none earlier than the one before.
  std::vector<LogEntry> complete(std::vector<LogEntry> wanted) {
    std::vector<LogEntry> entries = std::move(view_.by_hand);
    view_.by_hand.clear();
    Timestamp time = context_.clock.now();
    if (!view_.recorded.empty()) {
      time = std::max(time, view_.recorded.back().time);
    }
    for (LogEntry& entry : wanted) {
      entry.time = time;
      entry.by = context_.login;
      entries.push_back(std::move(entry));
    }
    for (LogEntry& entry : entries) {
      entry.id = context_.random.hex(id_bytes);
    }
    if (const LoggedState logged = replay_log(view_.recorded); !entries.empty() && logged.title_sha256.empty()) {
      entries.front().title_sha256 = derive_text_hash(view_.title, context_.digest);
      entries.front().body_sha256 = derive_text_hash(view_.body, context_.digest);
    }
    return entries;
  }

  // A text that does not say what it has seen would make a half-done change look like an edit by hand.
  Result<Step> write_count_if_absent() {
    const auto text = parse_issue_text(stored_.bytes);
    if (!text) {
      return in_file(path(), text.error());
    }
    if (text->events) {
      return Step::done;
    }
    auto counted = edit_issue_text(
        stored_.bytes,
        {.labels = std::nullopt, .state = std::nullopt, .events = static_cast<std::int64_t>(view_.recorded.size())});
    if (!counted) {
      return in_file(path(), std::move(counted).error());
    }
    if (auto staged = folder_.stage(names_.text, *counted); !staged) {
      return std::move(staged).error();
    }
    const auto stamp = folder_.try_stamp(derive_staged_name(names_.text));
    if (!stamp) {
      return stamp.error();
    }
    auto published = publish();
    if (published && *published == Step::done && stamp->has_value()) {
      stored_.stamp = **stamp;
      stored_.bytes = std::move(counted).value();
    }
    return published;
  }

  // Puts the staged text into place unless somebody has saved the file since it was read.
  Result<Step> publish() {
    const auto stamp = folder_.try_stamp(names_.text);
    if (!stamp) {
      return stamp.error();
    }
    if (*stamp != stored_.stamp) {
      return Step::look_again;
    }
    if (auto published = folder_.publish_staged(names_.text); !published) {
      return std::move(published).error();
    }
    return Step::done;
  }

  Result<Step> write(const std::vector<LogEntry>& entries) {
    if (const auto counted = write_count_if_absent(); !counted || *counted == Step::look_again) {
      return counted;
    }
    LoggedState after{.labels = view_.labels, .state = view_.state, .title_sha256 = {}, .body_sha256 = {}};
    for (const LogEntry& entry : entries) {
      apply_log_entry(after, entry);
    }
    view_.labels = after.labels;
    view_.state = after.state;
    view_.recorded.insert(view_.recorded.end(), entries.begin(), entries.end());
    const auto edited = edit_issue_text(
        stored_.bytes,
        {.labels = view_.labels, .state = view_.state, .events = static_cast<std::int64_t>(view_.recorded.size())});
    if (!edited) {
      return in_file(path(), edited.error());
    }
    if (auto staged = folder_.stage(names_.text, *edited); !staged) {
      return std::move(staged).error();
    }
    if (auto appended = append(entries); !appended) {
      return std::move(appended).error();
    }
    auto published = publish();
    if (published && *published == Step::look_again) {
      return take_back();
    }
    return published;
  }

  Result<void> append(const std::vector<LogEntry>& entries) {
    std::string lines;
    if (stored_.log.last_line == ParsedLog::LastLine::open) {
      lines += '\n';
    }
    for (const LogEntry& entry : entries) {
      lines += render_log_entry(entry) + '\n';
    }
    return folder_.append_durable(names_.log, lines);
  }

  Result<Step> take_back() {
    if (auto cut = folder_.truncate(names_.log, stored_.log_size); !cut) {
      return std::move(cut).error();
    }
    if (auto discarded = folder_.discard_staged(names_.text); !discarded) {
      return std::move(discarded).error();
    }
    return Step::look_again;
  }

  const Folder& folder_;
  const OpenRepository& repository_;
  std::int64_t number_;
  IssueFileNames names_;
  const WriterContext& context_;
  StoredIssue stored_;
  IssueView view_;
};

} // namespace

Result<IssueView> commit_change(const OpenRepository& repository, std::int64_t number,
                                const DeriveChange& derive_change, const WriterContext& context) {
  const auto lock = FileLock::acquire_folder(repository.folder, context.lock_patience);
  if (!lock) {
    return lock.error();
  }
  return Change(repository, number, context).run(derive_change);
}

} // namespace afk::adapter

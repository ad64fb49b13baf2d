#include <afk/adapter/tracker_directory_files.hpp>

#include <afk/adapter/file_lock.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::string_view text_suffix = ".md";
constexpr std::string_view log_suffix = ".events.jsonl";
constexpr std::string_view comments_suffix = ".comments";
constexpr std::size_t most_root_entries = 100'000;
constexpr int most_free_reads = 4; // of an issue that changes while it is read; then its writers have to wait
constexpr Duration read_lock_patience = std::chrono::seconds(5);

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

// A folder found regardless of case.
Result<std::optional<std::string>> try_spelling(const Folder& parent, std::string_view name) {
  const auto entries = parent.list(most_root_entries);
  if (!entries) {
    return entries.error();
  }
  std::optional<std::string> found;
  for (const FolderEntry& entry : *entries) {
    if (!equal_ascii_folded(entry.name, name)) {
      continue;
    }
    if (found) {
      return malformed(fmt::format("{} and {} differ in case only; keep one of them", parent.path_of(*found),
                                   parent.path_of(entry.name)));
    }
    found = entry.name;
  }
  return found;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Absent: too large to be a number.
std::optional<std::int64_t> try_number(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return problem == std::errc{} ? std::optional(number) : std::nullopt;
}

// Takes the names of a repository folder one by one.
class ContentsReader {
 public:
  explicit ContentsReader(const OpenRepository& repository) : repository_(repository) {}

  void take(const FolderEntry& entry) {
    const std::string_view name = entry.name;
    for (const std::string_view suffix : {text_suffix, log_suffix, comments_suffix}) {
      if (!name.ends_with(suffix) || !is_digits(name.substr(0, name.size() - suffix.size()))) {
        continue;
      }
      const std::string_view digits = name.substr(0, name.size() - suffix.size());
      const auto number = try_number(digits);
      if (!number || *number < 1 || digits.front() == '0') {
        add_misnamed(name, suffix, number.value_or(0));
        return;
      }
      if (suffix != text_suffix) {
        beside_.insert(*number);
      } else if (entry.kind == EntryKind::file) {
        contents_.numbers.push_back(*number);
      } else {
        contents_.broken.try_emplace(
            *number, malformed(fmt::format("{} is not a regular file; replace it by one, or remove it", path(name))));
      }
      return;
    }
  }

  [[nodiscard]] RepositoryContents take_contents() && {
    std::ranges::sort(contents_.numbers);
    for (const std::int64_t number : beside_) {
      if (!std::ranges::binary_search(contents_.numbers, number)) {
        contents_.broken.try_emplace(number, describe_missing_text(repository_, number));
      }
    }
    std::erase_if(contents_.numbers, [this](std::int64_t number) { return contents_.broken.contains(number); });
    return std::move(contents_);
  }

 private:
  [[nodiscard]] std::string path(std::string_view name) const { return repository_.folder.path_of(name); }

  // A second spelling of a number makes the issue ambiguous, whether or not the right one is there too.
  void add_misnamed(std::string_view name, std::string_view suffix, std::int64_t number) {
    contents_.broken.try_emplace(
        number, malformed(number < 1 ? fmt::format("{}: no issue can have this number; rename the file", path(name))
                                     : fmt::format("{}: a number is written without zeros in front; rename it to {}{}",
                                                   path(name), number, suffix)));
  }

  const OpenRepository& repository_;
  RepositoryContents contents_;
  std::set<std::int64_t> beside_; // numbers that have a log or comments
};

Result<ParsedLog> parse_log_file(const OpenRepository& repository, const std::string& name, std::string_view bytes) {
  auto log = parse_log(bytes);
  if (!log) {
    return in_file(repository.folder.path_of(name), std::move(log).error());
  }
  return log;
}

// What happens between the two looks at the log is consistent with it.
using Between = std::function<Result<void>()>;

Result<std::optional<StoredIssue>> read_once(const OpenRepository& repository, const IssueFileNames& names,
                                             std::string& log_bytes) {
  const Folder& folder = repository.folder;
  const auto log_stamp = folder.try_read_into(names.log, most_log_bytes, log_bytes);
  if (!log_stamp) {
    return log_stamp.error();
  }
  if (!log_stamp->has_value()) {
    log_bytes.clear();
  }
  auto text = folder.try_read(names.text, most_text_bytes);
  if (!text) {
    return std::move(text).error();
  }
  if (!text->has_value()) {
    return std::optional<StoredIssue>();
  }
  StoredIssue stored;
  stored.modified_at = (*text)->modified_at();
  stored.stamp = (*text)->stamp;
  stored.bytes = std::move((*text)->bytes);
  stored.log_size = static_cast<std::int64_t>(log_bytes.size());
  const std::string staged_name = derive_staged_name(names.text);
  if (const auto staged = folder.try_read(staged_name, most_text_bytes); !staged || staged->has_value()) {
    stored.staged = StoredIssue::Staged::present;
    if (staged) {
      const auto staged_text = parse_issue_text((*staged)->bytes); // a torn one says nothing
      stored.staged_events = staged_text ? staged_text->events : std::nullopt;
    }
  }
  return std::optional(std::move(stored));
}

enum class Consistency : std::uint8_t { consistent, changed };

Result<Consistency> read_between(const OpenRepository& repository, const IssueFileNames& names, const Between& between,
                                 std::optional<StoredIssue>& stored) {
  std::string log_bytes;
  auto read = read_once(repository, names, log_bytes);
  if (!read) {
    return std::move(read).error();
  }
  stored = std::move(read).value();
  if (!stored) {
    return Consistency::consistent;
  }
  if (auto inner = between(); !inner) {
    return std::move(inner).error();
  }
  // The log only ever grows: the same length means that nothing happened in between.
  const auto again = repository.folder.try_stamp(names.log);
  if (!again) {
    return again.error();
  }
  if ((again->has_value() ? (*again)->size : 0) != stored->log_size) {
    return Consistency::changed;
  }
  auto log = parse_log_file(repository, names.log, log_bytes);
  if (!log) {
    return std::move(log).error();
  }
  stored->log = std::move(log).value();
  return Consistency::consistent;
}

enum class LockHolder : std::uint8_t { nobody, caller };

// Without a lock as long as writers leave room for it; taking one writes nothing either.
Result<std::optional<StoredIssue>> read_consistently(const OpenRepository& repository, std::int64_t number,
                                                     LockHolder lock_holder, const Between& between) {
  const IssueFileNames names = derive_file_names(number);
  std::optional<FileLock> lock;
  for (int attempt = 0; attempt <= most_free_reads; ++attempt) {
    if (attempt == most_free_reads && lock_holder == LockHolder::nobody) {
      auto acquired = FileLock::acquire_folder(repository.folder, read_lock_patience);
      if (!acquired) {
        return std::move(acquired).error();
      }
      lock = std::move(acquired).value();
    }
    std::optional<StoredIssue> stored;
    const auto read = read_between(repository, names, between, stored);
    if (!read) {
      return read.error();
    }
    if (*read == Consistency::consistent) {
      return stored;
    }
  }
  return Error{.kind = ErrorKind::conflict,
               .message = fmt::format("{} changed each time it was read", repository.folder.path_of(names.text))};
}

Result<std::optional<StoredIssue>> check_absence(const OpenRepository& repository, std::int64_t number,
                                                 Result<std::optional<StoredIssue>> stored) {
  if (!stored || stored->has_value()) {
    return stored;
  }
  const IssueFileNames names = derive_file_names(number);
  for (const std::string& name : {names.log, names.comments}) {
    const auto kind = repository.folder.try_kind(name);
    if (!kind) {
      return kind.error();
    }
    if (kind->has_value()) {
      return describe_missing_text(repository, number);
    }
  }
  return stored;
}

Result<std::vector<Comment>> read_comments(const OpenRepository& repository, const std::string& folder_name,
                                           const Digest& digest) {
  std::vector<Comment> comments;
  const auto folder = repository.folder.try_open_folder(folder_name);
  if (!folder) {
    return folder.error();
  }
  if (!folder->has_value()) {
    return comments;
  }
  const auto entries = (*folder)->list(most_comments);
  if (!entries) {
    return entries.error();
  }
  std::size_t bytes = 0;
  for (const FolderEntry& entry : *entries) {
    if (entry.name.starts_with('.') || !entry.name.ends_with(text_suffix)) {
      continue; // an editor's or a writer's own
    }
    auto file = (*folder)->try_read(entry.name, most_comment_bytes);
    if (!file) {
      return std::move(file).error();
    }
    if (!file->has_value()) {
      continue; // removed just now
    }
    bytes += (*file)->bytes.size();
    if (bytes > most_all_comments_bytes) {
      return Error{.kind = ErrorKind::too_large,
                   .message = fmt::format("the comments in {} have more than {} bytes together", (*folder)->path(),
                                          most_all_comments_bytes)};
    }
    auto text = parse_comment_text((*file)->bytes);
    if (!text) {
      return in_file((*folder)->path_of(entry.name), std::move(text).error());
    }
    comments.push_back(derive_comment(entry.name.substr(0, entry.name.size() - text_suffix.size()),
                                      std::move(text).value(), (*file)->modified_at(), digest));
  }
  std::ranges::sort(comments, {}, [](const Comment& comment) { return std::tie(comment.created_at, comment.id); });
  return comments;
}

} // namespace

IssueFileNames derive_file_names(std::int64_t number) {
  return {.text = derive_text_name(number),
          .log = fmt::format("{}{}", number, log_suffix),
          .comments = fmt::format("{}{}", number, comments_suffix)};
}

std::string derive_text_name(std::int64_t number) {
  return fmt::format("{}{}", number, text_suffix);
}

Result<std::optional<OpenRepository>> try_open_repository(const Folder& root, const RepositoryName& name) {
  const auto owner = try_spelling(root, name.owner);
  if (!owner) {
    return owner.error();
  }
  if (!owner->has_value()) {
    return std::optional<OpenRepository>();
  }
  const auto owner_folder = root.try_open_folder(**owner);
  if (!owner_folder) {
    return owner_folder.error();
  }
  if (!owner_folder->has_value()) {
    return std::optional<OpenRepository>();
  }
  const auto repository = try_spelling(**owner_folder, name.name);
  if (!repository) {
    return repository.error();
  }
  if (!repository->has_value()) {
    return std::optional<OpenRepository>();
  }
  auto folder = (*owner_folder)->try_open_folder(**repository);
  if (!folder) {
    return std::move(folder).error();
  }
  if (!folder->has_value()) {
    return std::optional<OpenRepository>();
  }
  const RepositoryName spelled{.owner = **owner, .name = **repository};
  return std::optional(OpenRepository{
      .name = spelled, .id = fold_ascii(render_repository_name(spelled)), .folder = std::move(**folder)});
}

Result<RepositoryContents> list_repository(const OpenRepository& repository) {
  const auto entries = repository.folder.list(most_repository_entries);
  if (!entries) {
    return entries.error();
  }
  ContentsReader reader(repository);
  for (const FolderEntry& entry : *entries) {
    reader.take(entry);
  }
  return std::move(reader).take_contents();
}

Error in_file(std::string_view path, Error error) {
  error.message = fmt::format("{}:{}", path, error.message);
  return error;
}

Error describe_missing_text(const OpenRepository& repository, std::int64_t number) {
  const IssueFileNames names = derive_file_names(number);
  return malformed(
      fmt::format("{} is missing: somebody is saving it, or removed it; to delete the issue, remove {} and "
                  "{} too",
                  repository.folder.path_of(names.text), names.log, names.comments));
}

Result<std::optional<StoredIssue>> try_read_locked_issue(const OpenRepository& repository, std::int64_t number) {
  return check_absence(repository, number,
                       read_consistently(repository, number, LockHolder::caller, [] { return Result<void>(); }));
}

Result<std::optional<StoredIssueWithComments>> try_read_issue_with_comments(const OpenRepository& repository,
                                                                            std::int64_t number, const Digest& digest) {
  std::vector<Comment> comments;
  const std::string folder = derive_file_names(number).comments;
  // Between two looks at the log: a card that announces a change of labels is read with what it announces.
  auto stored = check_absence(repository, number,
                              read_consistently(repository, number, LockHolder::nobody, [&]() -> Result<void> {
                                auto read = read_comments(repository, folder, digest);
                                if (!read) {
                                  return std::move(read).error();
                                }
                                comments = std::move(read).value();
                                return {};
                              }));
  if (!stored) {
    return std::move(stored).error();
  }
  if (!stored->has_value()) {
    return std::optional<StoredIssueWithComments>();
  }
  return std::optional(StoredIssueWithComments{.issue = std::move(**stored), .comments = std::move(comments)});
}

Comment derive_comment(std::string id, CommentText text, Timestamp modified_at, const Digest& digest) {
  Comment comment{.id = std::move(id),
                  .author = derive_actor(text.author.empty() ? hand_login : std::string_view(text.author)),
                  .created_at = text.created_at.value_or(modified_at),
                  .edited_at = text.edited_at,
                  .edited_by = std::nullopt,
                  .body = std::move(text.body)};
  if (!text.edited_by.empty()) {
    comment.edited_by = derive_actor(text.edited_by);
  }
  // A text that a program wrote and that does not fit its hash any more was edited by hand, whatever it says itself.
  if (!text.body_sha256.empty() && derive_text_hash(comment.body, digest) != text.body_sha256) {
    comment.edited_at = modified_at;
    comment.edited_by = derive_actor(hand_login);
  }
  return comment;
}

} // namespace afk::adapter

#pragma once
// The folder of one repository in the directory tracker: which files belong to which issue, and reading them so that
// they fit each other although writers are at work. Nothing in here writes.
//
// Errors are those of file_system.hpp and `malformed` for a file that is broken; messages name file, line and cure.

#include <afk/adapter/file_system.hpp>
#include <afk/adapter/tracker_directory_state.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/issue.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

// Most that is read of one file or folder.
inline constexpr std::size_t most_text_bytes = 2UL * 1024UL * 1024UL;
inline constexpr std::size_t most_log_bytes = 16UL * 1024UL * 1024UL;
inline constexpr std::size_t most_comment_bytes = 1024UL * 1024UL;
inline constexpr std::size_t most_comments = 5000;
inline constexpr std::size_t most_all_comments_bytes = 64UL * 1024UL * 1024UL; // of one issue
inline constexpr std::size_t most_repository_entries = 300'000;

// "12.md", "12.events.jsonl", "12.comments"
struct IssueFileNames {
  std::string text;
  std::string log;
  std::string comments;
};

[[nodiscard]] IssueFileNames derive_file_names(std::int64_t number);
[[nodiscard]] std::string derive_text_name(std::int64_t number);

struct OpenRepository {
  RepositoryName name; // as its folders are spelled
  std::string id;      // the name in lower case
  Folder folder;
};

// Found regardless of case. Absent: the tracker has no such folder. `malformed` when two folders differ in case only.
Result<std::optional<OpenRepository>> try_open_repository(const Folder& root, const RepositoryName& name);

// What the names of the folder's entries tell. Numbers are sorted; a broken issue is not among `numbers`. Number 0
// stands for a file whose number can not be one.
struct RepositoryContents {
  std::vector<std::int64_t> numbers;
  std::map<std::int64_t, Error> broken;
};

Result<RepositoryContents> list_repository(const OpenRepository& repository);

// The file's path and a colon in front of a message that begins with the line.
[[nodiscard]] Error in_file(std::string_view path, Error error);

// A text that is gone while its log or its comments are there: somebody is saving it, or has removed it by halves.
[[nodiscard]] Error describe_missing_text(const OpenRepository& repository, std::int64_t number);

// For a writer, who holds the lock of the repository's folder. Absent: there is no such issue.
Result<std::optional<StoredIssue>> try_read_locked_issue(const OpenRepository& repository, std::int64_t number);

struct StoredIssueWithComments {
  StoredIssue issue;
  std::vector<Comment> comments; // oldest first
};

Result<std::optional<StoredIssueWithComments>> try_read_issue_with_comments(const OpenRepository& repository,
                                                                            std::int64_t number, const Digest& digest);

// The comment that one file holds.
[[nodiscard]] Comment derive_comment(std::string id, CommentText text, Timestamp modified_at, const Digest& digest);

} // namespace afk::adapter

#pragma once
// The TOML of the directory tracker: what the front matter of issues and comments and the tracker's own file say, and
// how single values of it are replaced without touching a byte that a person wrote.
//
// Everything fails with `malformed`, `too_large` where a list or a text is longer than allowed. Messages begin with
// line (and column) in the file, say what is wrong and what would be right; the caller puts the file's name in front.

#include <afk/core/issue.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// Limits of one issue file. A hostile file costs an error, never memory.
inline constexpr std::size_t longest_title = 4096; // bytes
inline constexpr std::size_t longest_label = 256;  // bytes
inline constexpr std::size_t most_labels = 100;
inline constexpr std::size_t most_listed_blockers = 200;

struct IssueText {
  std::string title;
  IssueState state = IssueState::open; // never `gone`
  std::vector<std::string> labels;     // in the order of the file, each once regardless of case
  std::vector<std::string> blocked_by; // as written: "#3" or "owner/name#3"
  std::optional<std::int64_t> events;  // how many entries of the log this text has seen
  std::string_view body;               // into the text that was parsed
};

// A whole issue file. Keys that are not ours are left alone, unless they look like a slip of one of ours.
Result<IssueText> parse_issue_text(std::string_view text);

// The same file with other values; what is absent here stays as it is. Comments, order and unknown keys stay.
struct IssueEdits {
  std::optional<std::vector<std::string>> labels;
  std::optional<IssueState> state;
  std::optional<std::int64_t> events;
};

Result<std::string> edit_issue_text(std::string_view text, const IssueEdits& edits);

struct CommentText {
  std::string author; // empty: the file does not say
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> edited_at;
  std::string edited_by;
  std::string body_sha256; // as hex; empty: no program wrote this file
  std::string body;
};

Result<CommentText> parse_comment_text(std::string_view text);

// tracker.toml
struct TrackerText {
  std::int64_t format = 0;
  std::string id;
};

Result<TrackerText> parse_tracker_text(std::string_view text);

} // namespace afk::adapter

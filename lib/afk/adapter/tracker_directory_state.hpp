#pragma once
// What the files of one issue say together: the text that people edit, the log that wins, and what a writer that died
// left in between. Pure; tracker_directory_files.hpp reads the files.
//
// A write goes: stage the new text, append its entries to the log, rename the staged text into place. The rename is the
// moment at which it happens: the text says in `events` how many entries it has seen, and
//   - entries beyond that with a staged text that has seen them belong to a write that did not happen (yet): they are
//     left out, and the next writer cuts them off;
//   - entries beyond that without one came some other way (two branches merged, an old text taken back): they happened
//     and are applied on top of the text;
//   - what the text says differently from the entries it has seen was edited by hand.

#include <afk/adapter/file_system.hpp>
#include <afk/adapter/front_matter.hpp>
#include <afk/adapter/tracker_directory_log.hpp>
#include <afk/core/digest.hpp>
#include <afk/core/issue.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

// The files of one issue as they were read, consistent with each other.
struct StoredIssue {
  std::string bytes; // the whole text file
  FileStamp stamp;   // of it
  Timestamp modified_at;
  std::int64_t log_size = 0; // bytes
  ParsedLog log;
  enum class Staged : std::uint8_t { absent, present } staged = Staged::absent;
  std::optional<std::int64_t> staged_events; // of a staged text that can be read
};

struct IssueView {
  std::string title;
  std::string body;
  IssueState state = IssueState::open;
  std::vector<std::string> labels;
  std::vector<std::string> blocked_by;
  std::vector<LogEntry> recorded; // what happened, without what did not happen yet
  std::vector<LogEntry> by_hand;  // edits by hand, in the order in which they count, without ids
  enum class Unfinished : std::uint8_t { none, cut_off } unfinished = Unfinished::none;

  [[nodiscard]] std::vector<IssueEvent> events() const;
};

// `now` bounds the time of edits by hand, which is when the text was saved. Fails with `malformed` on a text that can
// not be read or that has seen more entries than the log has; messages begin with the line.
Result<IssueView> derive_issue_view(const StoredIssue& stored, Timestamp now, const Digest& digest);

// The hashes that entries carry.
[[nodiscard]] std::string derive_text_hash(std::string_view text, const Digest& digest);

} // namespace afk::adapter

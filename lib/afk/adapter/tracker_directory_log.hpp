#pragma once
// The log of one issue in the directory tracker, `<number>.events.jsonl`: one JSON object per line, oldest first, only
// ever appended to. What it says wins over what the issue's front matter says.
//
//   {"id":"8f…","time":"2026-11-20T14:36:39.123Z","by":"alice","kind":"labeled","label":"ready-for-agent"}
//
// kind: labeled, unlabeled (both with label), closed (with "as":"not-planned" where it was not done), reopened,
// title_changed, body_changed. by: "afk" is our own account, every other name a person's. An entry may carry "title"
// and "body", the SHA-256 of what they were from then on, in hex: so an edit by hand shows later. Unknown keys are
// skipped. id is 1 to 128 of [A-Za-z0-9:._-] and unique in the file.

#include <afk/core/digest.hpp>
#include <afk/core/issue.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

inline constexpr std::string_view own_login = "afk";   // in `by` and `author`: our own account
inline constexpr std::string_view hand_login = "hand"; // whoever edited a file without saying who

struct LogEntry {
  std::string id = {}; // empty: an edit by hand that is not recorded yet
  Timestamp time = {};
  std::string by = {};
  IssueEventKind kind = IssueEventKind::labeled;
  std::string label = {};
  IssueState closed_as = IssueState::closed; // of kind closed
  std::string title_sha256 = {};             // empty: as before
  std::string body_sha256 = {};

  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

// tracker_directory_codec.cpp. One line without its line feed; parse fails with `malformed` and says what is wrong.
Result<LogEntry> parse_log_entry(std::string_view line);
[[nodiscard]] std::string render_log_entry(const LogEntry& entry);

struct ParsedLog {
  std::vector<LogEntry> entries;
  std::vector<std::size_t> ends; // of each entry's line, in bytes from the beginning
  // Bytes up to the end of the last whole entry. What follows is torn: a writer died in the middle of it.
  std::size_t whole_bytes = 0;
  enum class LastLine : std::uint8_t { ended, open } last_line = LastLine::ended; // open: its line feed is missing
};

// A last line without line feed that is no entry is torn; any other line that is none fails with `malformed`, message
// beginning with the line. Blank lines are skipped.
Result<ParsedLog> parse_log(std::string_view bytes);

// What an issue is after `entries`.
struct LoggedState {
  std::vector<std::string> labels; // as they were spelled, in the order they were put on
  IssueState state = IssueState::open;
  std::string title_sha256; // empty: never recorded
  std::string body_sha256;
};

[[nodiscard]] LoggedState replay_log(std::span<const LogEntry> entries);

// One step of the same, for entries that come on top of something else.
void apply_log_entry(LoggedState& state, const LogEntry& entry);

[[nodiscard]] Actor derive_actor(std::string_view name);
[[nodiscard]] IssueEvent derive_event(const LogEntry& entry);

} // namespace afk::adapter

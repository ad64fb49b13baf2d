#pragma once
// The issue tracker that is a folder: made for people, editors and Git. It needs no server and no database.
//
//   <root>/tracker.toml                        format = 1, id = "<uuid>": the tracker's name for ever
//   <root>/<owner>/<name>/12.md                issue 12 of owner/name: TOML between two lines +++, then Markdown
//   <root>/<owner>/<name>/12.events.jsonl      its log (tracker_directory_log.hpp): appended to, never rewritten
//   <root>/<owner>/<name>/12.comments/*.md     one file per comment, its author and moment between two lines +++
//
//   +++
//   title = "Parse durations"        # or a first line "# Parse durations" in the text
//   labels = ["ready-for-agent"]
//   state = "open"                   # open (when it is left out), closed, not-planned
//   blocked_by = ["#3", "owner/other#4"]
//   events = 7                       # how much of the log this file has seen; a program's business
//   +++
//
// For people. A new issue is one file with a title and, to arm it, the ready label; nothing else is needed. Whatever is
// changed by hand counts as done by the pseudo-person `hand` when the file was saved, and is written to the log by the
// next change that afk makes. Who wants to be known by name appends a line to the log with a fresh id, and changes the
// text to fit. A comment may be any file with the suffix .md; without `author` it is by `hand`, without `created_at` it
// is as old as the file. To delete an issue, remove its log and comments with it. Files and folders whose names mean
// nothing here are left alone, and so are unknown keys, comments and the layout of the front matter.
//
// For Git. Logs merge by union (init writes that to .gitattributes). After a merge of the text take either side of
// `events`, or remove the line, which says that the labels are right as they stand.
//
// For programs. A writer holds the lock of the repository's folder (flock); readers take no lock and never write. A
// change is there from the moment the new text is renamed into place, and a writer that dies before that has changed
// nothing that anybody sees (tracker_directory_state.hpp). Symbolic links inside the tracker are refused.
// A file that can not be read breaks its own issue only, with a message that names file, line and cure.

#include <afk/adapter/tracker_directory_commit.hpp>
#include <afk/adapter/tracker_directory_repositories.hpp>
#include <afk/core/digest.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/tracker.hpp>

#include <string>

namespace afk::adapter {

struct DirectoryTrackerSettings {
  std::string root;
  std::string login = std::string(own_login); // in whose name it writes
  Duration lock_patience = std::chrono::seconds(10);
};

// What it is handed outlives it.
class DirectoryTracker final : public Tracker, private TrackerWrites {
 public:
  DirectoryTracker(DirectoryTrackerSettings settings, const Clock& clock, Random& random, Digest digest);

  Result<TrackerHost> fetch_host() override;
  Result<Timestamp> fetch_time() override;
  std::vector<Result<RepositoryListing>> list_issues(std::span<const RepositoryName> repositories,
                                                     const ListingQuery& query) override;
  std::vector<Result<IssueRecord>> fetch_issues(std::span<const IssueRef> issues) override;

  TrackerWrites& writes() override { return *this; }

 private:
  Result<void> set_label(const IssueRef& issue, std::string_view label, LabelTarget target) override;
  Result<std::string> create_comment(const IssueRef& issue, std::string_view body) override;
  Result<std::string> create_comment_once(const IssueRef& issue, std::string_view body, std::string_view mark) override;
  Result<void> edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) override;
  Result<void> close_issue(const IssueRef& issue) override;
  Result<std::vector<IssueEvent>> record_hand_edits(const IssueRef& issue) override;

  [[nodiscard]] WriterContext writer() const;

  DirectoryTrackerSettings settings_;
  const Clock& clock_;
  Random& random_;
  Digest digest_;
};

} // namespace afk::adapter

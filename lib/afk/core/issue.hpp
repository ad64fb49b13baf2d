#pragma once
// An issue as a tracker shows it: values only. Every text in here is hostile input.

#include <afk/core/ids.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk {

enum class ActorKind : std::uint8_t { person, bot, ghost, own_account };

// Who did something, as the tracker's log names them. `id` is stable where the tracker has stable ids (GitHub,
// Forgejo: the numeric id in decimal); the directory tracker knows names only and repeats the name there.
struct Actor {
  std::string id;
  std::string login;
  ActorKind kind = ActorKind::ghost;

  friend bool operator==(const Actor&, const Actor&) = default;
};

enum class IssueState : std::uint8_t {
  open,
  closed,             // closed as completed
  closed_not_planned, // closed without being done
  gone,               // deleted, transferred or not visible any more
};

enum class IssueEventKind : std::uint8_t {
  labeled,
  unlabeled,
  closed,
  reopened,
  title_changed,
  body_changed,
};

// One entry of the tracker's own log, in the log's order.
struct IssueEvent {
  ArmingId id; // for a ready label that was put on: the arming's id
  IssueEventKind kind = IssueEventKind::labeled;
  Actor actor;
  Timestamp time;
  std::string label; // of labeled and unlabeled
  // False for an edit by hand that the directory tracker has seen in the file but not in the log yet; its id is empty.
  bool recorded = true;

  friend bool operator==(const IssueEvent&, const IssueEvent&) = default;
};

struct Comment {
  std::string id; // the tracker's; opaque
  Actor author;
  Timestamp created_at;
  std::optional<Timestamp> edited_at;
  std::optional<Actor> edited_by; // where the tracker tells
  std::string body;

  friend bool operator==(const Comment&, const Comment&) = default;
};

enum class BlockerState : std::uint8_t { open, closed, closed_not_planned, missing, foreign, cyclic };

struct Blocker {
  IssueRef issue;
  BlockerState state = BlockerState::open;

  friend bool operator==(const Blocker&, const Blocker&) = default;
};

// What a listing tells of an issue: enough to know that it is ready, in flight or parked.
struct IssueSummary {
  IssueRef issue;
  IssueState state = IssueState::open;
  std::string title;
  std::vector<std::string> labels;

  friend bool operator==(const IssueSummary&, const IssueSummary&) = default;
};

// How much the tracker's log says of changes to title and body.
enum class EditLog : std::uint8_t {
  complete,    // names every change
  titles_only, // bodies may change without a trace (Forgejo)
  unreadable,
};

// How much of an issue was read. `arming`: number, state, title, labels and log, enough to see who armed it; the rest
// of the record is empty and says nothing.
enum class IssueDepth : std::uint8_t { arming, whole };

// One issue, judged from one read: labels, state and log agree with each other.
struct IssueRecord {
  IssueRef issue;
  std::string repository_id;
  IssueState state = IssueState::open;
  std::string title;
  std::string body; // raw bytes: what the content pin hashes
  std::string url;  // for people; empty where the tracker has no pages
  std::vector<std::string> labels;
  std::vector<IssueEvent> events; // oldest first
  EditLog edit_log = EditLog::unreadable;
  std::vector<Comment> comments; // oldest first
  std::vector<Blocker> blockers; // native dependencies and "Blocked by" lines, states resolved
  std::vector<IssueRef> open_sub_issues;
  std::optional<std::string> open_pull_request; // link to one that is for this issue and not the run's own
  IssueDepth depth = IssueDepth::whole;

  friend bool operator==(const IssueRecord&, const IssueRecord&) = default;
};

} // namespace afk

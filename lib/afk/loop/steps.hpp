#pragma once
// The plan of one issue as data: an ordered list of steps. A dry run prints it; `apply` carries it out. There is no
// other way for a tick to change anything.

#include <afk/core/ids.hpp>
#include <afk/port/checks.hpp>
#include <afk/port/executor.hpp>
#include <afk/port/landing.hpp>
#include <afk/port/notifier.hpp>
#include <afk/port/pull_requests.hpp>
#include <afk/port/tracker.hpp>

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace afk::loop {

// Appends to the tracker's log what a person edited by hand, so that an arming by hand gets its id.
struct RecordHandEdits {};

// Creates or edits the run's comment from the card as it is at that moment; nothing happens when its text is the same.
struct WriteCard {};

// A comment that stands on the issue once: nothing happens where one of ours holds the mark already.
struct SayOnce {
  std::string body;
  std::string mark;
};

struct SetLabel {
  std::string label;
  TrackerWrites::LabelTarget target = TrackerWrites::LabelTarget::on;
};

struct CloseIssue {};

struct StartTurn {
  std::string executor; // a name of the [executors] table
  Order order;
};

struct AnswerTurn {
  std::string executor;
  AttemptName attempt;
  TurnAnswer answer;
};

struct StopAttempt {
  std::string executor;
  AttemptName attempt;
  Executor::Stop stop = Executor::Stop::turn;
};

// Makes the head that would land available to verify turns and to the push.
struct KeepCandidate {
  std::string executor; // whose workspace it is in
  WorkQuery query;
  WorkEvidence evidence;
};

struct PushCandidate {
  std::string executor;
  WorkQuery query;
  WorkEvidence evidence;
  std::string onto; // the branch that moves: the base, or the run's own
};

struct CreatePullRequest {
  NewPullRequest order;
};

struct MarkPullRequestReady {
  PullRequestRef pull_request;
};

struct MergePullRequest {
  PinnedPullRequest order;
};

// Starts the failed jobs of a head again.
struct RerunFailedChecks {
  CheckQuery query;
  std::vector<CheckResult> failed;
};

// Deletes the run's branch once it is merged. What is left behind does no harm, so that a failure stops nothing.
struct DeleteBranch {
  PullRequests::BranchAtHead order;
};

// Rings one notifier; the outcome goes onto the card. A failure does not stop the steps that follow.
struct Ring {
  std::string notifier;
  Doorbell doorbell;
};

// Takes the in-progress label off, which ends the watcher's interest: only when no doorbell is owed any more.
struct ReleaseLock {
  std::string label;
};

using Step = std::variant<RecordHandEdits, WriteCard, SetLabel, CloseIssue, StartTurn, AnswerTurn, StopAttempt,
                          KeepCandidate, PushCandidate, CreatePullRequest, MarkPullRequestReady, MergePullRequest,
                          RerunFailedChecks, DeleteBranch, Ring, ReleaseLock, SayOnce>;

// Steps that start work or change a repository: the kill switch is read directly before each of them, and with it on
// the plan ends there. `tidies_up` changes a repository too, and is only left out then.
enum class StepKind : std::uint8_t { records, starts_work, tidies_up };
[[nodiscard]] StepKind derive_step_kind(const Step& step);

// "put label agent-in-progress on", "start turn fix-… of afk-…": for dry runs and reports.
[[nodiscard]] std::string render_step(const Step& step);

// The prompt of the turn that one of the steps starts; absent where none does, or the turn has no agent.
[[nodiscard]] std::optional<std::string> find_prompt(std::span<const Step> steps);

} // namespace afk::loop

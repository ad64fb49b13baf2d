#pragma once
// The plan of one issue as data: an ordered list of steps. A dry run prints it; `apply` carries it out. There is no
// other way for a tick to change anything.

#include <afk/core/ids.hpp>
#include <afk/port/executor.hpp>
#include <afk/port/landing.hpp>
#include <afk/port/notifier.hpp>
#include <afk/port/tracker.hpp>

#include <string>
#include <variant>
#include <vector>

namespace afk::loop {

// Appends to the tracker's log what a person edited by hand, so that an arming by hand gets its id.
struct RecordHandEdits {};

// Creates or edits the run's comment from the card as it is at that moment; nothing happens when its text is the same.
struct WriteCard {};

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
  std::string answer;
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
                          KeepCandidate, PushCandidate, Ring, ReleaseLock>;

// Steps that start work or change a repository: the kill switch is read directly before each of them.
enum class StepKind : std::uint8_t { records, starts_work };
[[nodiscard]] StepKind derive_step_kind(const Step& step);

// "put label agent-in-progress on", "start turn fix-… of afk-…": for dry runs and reports.
[[nodiscard]] std::string render_step(const Step& step);

} // namespace afk::loop

#pragma once
// What one look of the watcher may do about a run: exactly one of these, as data.
//
// `loop/apply` carries an action out; a dry run prints it. Nothing here knows how.

#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace afk {

enum class WaitReason : std::uint8_t {
  held,           // an action was due, but the kill switch, the paused label, the hours or the day's caps hold it
  question,       // the question label is on
  running,        // a turn is live
  unreachable,    // an input could not be read
  usage_limit,    // the provider's limit is not over yet
  grace,          // what the turn left behind may still arrive
  base_red,       // the base branch is red itself
  checks_missing, // no check has started
  checks_pending, // checks are running
  merge,          // a person merges
  deployment,     // the deployment has not been seen
};

// Whether a turn uses up one of the run's corrective attempts.
enum class Attempt : std::uint8_t { counts, free };

// How a pull request is opened.
enum class PullRequestForm : std::uint8_t { draft, ready };

enum class InterruptCause : std::uint8_t { stalled, run_limit, budget };

struct Wait {
  WaitReason reason = WaitReason::running;
  friend bool operator==(const Wait&, const Wait&) = default;
};

// Says that somebody else holds the issue; writes nothing, orders nothing.
struct ReportForeignLock {
  friend bool operator==(const ReportForeignLock&, const ReportForeignLock&) = default;
};

// The cause goes onto the card first, then the live turn is stopped.
struct Interrupt {
  InterruptCause cause = InterruptCause::stalled;
  friend bool operator==(const Interrupt&, const Interrupt&) = default;
};

struct Park {
  friend bool operator==(const Park&, const Park&) = default;
};

// A further turn of kind fix, rebase, finish, answer, redispatch or verify.
struct OrderTurn {
  TurnKind kind = TurnKind::fix;
  Attempt attempt = Attempt::counts;
  friend bool operator==(const OrderTurn&, const OrderTurn&) = default;
};

// The turn that the provider's usage limit cut off, again and not counted.
struct RepeatTurn {
  friend bool operator==(const RepeatTurn&, const RepeatTurn&) = default;
};

// Publishes exactly the run's branch: to the forge (landing = pr) or onto the base (landing = push).
struct Push {
  friend bool operator==(const Push&, const Push&) = default;
};

struct OpenPullRequest {
  PullRequestForm state = PullRequestForm::draft;
  friend bool operator==(const OpenPullRequest&, const OpenPullRequest&) = default;
};

struct RerunChecks {
  friend bool operator==(const RerunChecks&, const RerunChecks&) = default;
};

struct MarkReady {
  friend bool operator==(const MarkReady&, const MarkReady&) = default;
};

// Pinned to the verified head.
struct Merge {
  friend bool operator==(const Merge&, const Merge&) = default;
};

// Land, hand over, freeze, escalate and stand down: one ending sequence, told apart by the kind.
struct End {
  Ending ending = Ending::needs_human;
  friend bool operator==(const End&, const End&) = default;
};

using Action = std::variant<Wait, ReportForeignLock, Interrupt, Park, OrderTurn, RepeatTurn, Push, OpenPullRequest,
                            RerunChecks, MarkReady, Merge, End>;

// "wait held", "order fix", "order rebase free", "open draft", "end frozen": stable, used by --json and the reference.
[[nodiscard]] std::string render_action(const Action& action);
[[nodiscard]] std::string_view render_interrupt_cause(InterruptCause cause); // "stalled", "run-limit", "budget"
Result<InterruptCause> parse_interrupt_cause(std::string_view text);

// True for the actions marked with a triangle in the decision table: they start work or change a repository.
enum class Effect : std::uint8_t { none, starts_work };
[[nodiscard]] Effect derive_effect(const Action& action);

// What `decide` answers: the number of the row that matched and what to do.
struct Decision {
  int row = 0;
  Action action;
  friend bool operator==(const Decision&, const Decision&) = default;
};

} // namespace afk

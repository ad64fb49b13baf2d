#pragma once
// What the poller will do, and for every issue why, or why not: the plan that a tick carries out and a dry run prints.

#include <afk/core/ids.hpp>
#include <afk/core/policy_input.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

// What poll does about one issue. Only `dispatch` starts work; the others repair what a crash or a person left behind.
enum class PollAction : std::uint8_t {
  skip,
  dispatch,
  stamp_new,                 // the run lives and nobody has written it down yet: in-progress label on, card
  stamp_starting,            // the same, and its card says that it was being started
  stamp_parked,              // its question is answered, a slot is free: in-progress label on again
  finish_ending,             // the card says how the run ended: carry that ending out to its end, ready label off
  stand_down,                // a person stopped the run: card `stood down`, ready label off
  spend,                     // a person stopped it before it was started: ready label off
  escalate_dispatch_unknown, // it was being started, and nobody can tell whether it was
};

[[nodiscard]] std::string_view render_poll_action(PollAction action); // "stamp-new"

enum class GateState : std::uint8_t { pass, fail, not_evaluated };

// One gate's word on one issue.
struct GateVerdict {
  std::string name;
  GateState state = GateState::not_evaluated;
  std::string reason; // a sentence for people, cleaned; "" where there is nothing to say
  std::string change; // of a gate that fails: what would make it pass

  friend bool operator==(const GateVerdict&, const GateVerdict&) = default;
};

// What comes of one candidate. `gate` is the one that decided, "" for a dispatch; every gate's word is in `gates`, in
// their order, whatever was decided.
struct IssueVerdict {
  IssueRef issue;
  PollAction action = PollAction::skip;
  std::string gate;
  std::string reason;
  std::string change;
  int priority = 0;
  std::vector<GateVerdict> gates;
};

// One issue on which the tick acts.
struct PlannedIssue {
  IssueRef issue;
  RunName run;
  PollAction action = PollAction::dispatch;
  std::optional<RoutedAgent> agent; // of a dispatch

  friend bool operator==(const PlannedIssue&, const PlannedIssue&) = default;
};

struct DispatchPlan {
  std::vector<PlannedIssue> chosen; // in the order of their effects
  std::vector<IssueVerdict> issues; // every candidate, by repository and in the order in which it would be chosen
};

} // namespace afk

#pragma once
// From one chosen issue of the dispatch plan to the steps that carry it out.

#include <afk/core/policy_verdict.hpp>
#include <afk/loop/apply.hpp>
#include <afk/loop/poll_look.hpp>
#include <afk/loop/steps.hpp>

#include <optional>
#include <string>
#include <vector>

namespace afk::loop {

struct DispatchPlanOfIssue {
  IssueRef issue;
  RunInFlight run; // with the card as the steps leave it
  std::optional<TurnName> turn;
  std::string executor;
  std::vector<Step> steps;
};

// Fails when the order cannot be derived: a broken prompt template, an agent without an executor.
Result<DispatchPlanOfIssue> derive_dispatch_steps(const TickContext& context, const PollLook& look,
                                                  const PlannedIssue& planned);

// What follows a dispatch that failed: the card notes since when, and past `unreachable_after` a person gets the issue.
[[nodiscard]] std::vector<Step> derive_failed_dispatch_steps(const TickContext& context, const PollLook& look,
                                                             const Error& error, DispatchPlanOfIssue& plan);

} // namespace afk::loop

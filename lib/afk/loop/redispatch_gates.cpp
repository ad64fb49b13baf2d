#include <afk/loop/redispatch_gates.hpp>

#include <afk/core/dispatch_policy.hpp>
#include <afk/loop/poll_look.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace afk::loop {

namespace {

// What the run itself brings about.
constexpr std::array<std::string_view, 8> own_gates{"in-progress", "card",     "run",   "other-run",
                                                    "resting",     "executor", "slots", "pull-request"};

bool is_own(const std::string& gate) {
  return std::ranges::find(own_gates, gate) != own_gates.end();
}

// Gates that fail when something could not be read now: the next look may see it.
constexpr std::array<std::string_view, 3> reading_gates{"record", "listing", "live-runs"};

bool is_reading(const std::string& gate) {
  return std::ranges::find(reading_gates, gate) != reading_gates.end();
}

} // namespace

RedispatchVerdict judge_redispatch(const TickContext& context, const IssueRef& issue) {
  using Gates = Situation::Gates;
  using Reach = RedispatchVerdict::Reach;
  auto look = look_at_issue(context, issue);
  if (!look)
    return {Gates::pass, Reach::unreachable, look.error().message};
  const DispatchPlan plan = derive_dispatch_plan(look->input);
  const auto verdict = std::ranges::find(plan.issues, issue, &IssueVerdict::issue);
  if (verdict == plan.issues.end())
    return {Gates::pass, Reach::unreachable, "the issue could not be judged again"};
  for (const GateVerdict& gate : verdict->gates) {
    if (gate.state != GateState::fail || is_own(gate.name))
      continue;
    const std::string reason = fmt::format("the run cannot start over: gate {}: {}", gate.name, gate.reason);
    return is_reading(gate.name) ? RedispatchVerdict{Gates::pass, Reach::unreachable, reason}
                                 : RedispatchVerdict{Gates::fail, Reach::known, reason};
  }
  return {};
}

} // namespace afk::loop

#include <afk/core/action.hpp>
#include <afk/core/check.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace afk {

namespace {

constexpr std::array<std::pair<InterruptCause, std::string_view>, 3> interrupt_causes = {{
    {InterruptCause::stalled, "stalled"},
    {InterruptCause::run_limit, "run-limit"},
    {InterruptCause::budget, "budget"},
}};

std::string_view render_wait_reason(WaitReason reason) {
  switch (reason) {
  case WaitReason::held:
    return "held";
  case WaitReason::question:
    return "question";
  case WaitReason::running:
    return "running";
  case WaitReason::unreachable:
    return "unreachable";
  case WaitReason::usage_limit:
    return "usage-limit";
  case WaitReason::grace:
    return "grace";
  case WaitReason::base_red:
    return "base-red";
  case WaitReason::checks_missing:
    return "checks-missing";
  case WaitReason::checks_pending:
    return "checks-pending";
  case WaitReason::merge:
    return "merge";
  case WaitReason::deployment:
    return "deployment";
  }
  fail_check("a wait reason without a name", std::source_location::current());
}

// Only a corrective turn can count or not; the others never do, so that saying it of them would be noise.
bool can_count(TurnKind kind) {
  return kind == TurnKind::fix || kind == TurnKind::rebase || kind == TurnKind::finish;
}

struct Renderer {
  std::string operator()(const Wait& wait) const { return fmt::format("wait {}", render_wait_reason(wait.reason)); }

  std::string operator()(const ReportForeignLock&) const { return "foreign-lock"; }

  std::string operator()(const Interrupt& interrupt) const {
    return fmt::format("interrupt {}", render_interrupt_cause(interrupt.cause));
  }

  std::string operator()(const Park&) const { return "park"; }

  std::string operator()(const OrderTurn& order) const {
    const bool said_to_be_free = order.attempt == Attempt::free && can_count(order.kind);
    return fmt::format("order {}{}", render_turn_kind(order.kind), said_to_be_free ? " free" : "");
  }

  std::string operator()(const RepeatTurn&) const { return "repeat"; }

  std::string operator()(const Push&) const { return "push"; }

  std::string operator()(const OpenPullRequest& open) const {
    return open.state == PullRequestForm::ready ? "open ready" : "open draft";
  }

  std::string operator()(const RerunChecks&) const { return "rerun"; }

  std::string operator()(const MarkReady&) const { return "mark-ready"; }

  std::string operator()(const Merge&) const { return "merge"; }

  std::string operator()(const End& end) const { return fmt::format("end {}", render_ending(end.ending)); }
};

struct EffectOf {
  Effect operator()(const Wait&) const { return Effect::none; }

  Effect operator()(const ReportForeignLock&) const { return Effect::none; }

  Effect operator()(const Interrupt&) const { return Effect::none; }

  Effect operator()(const Park&) const { return Effect::none; }

  Effect operator()(const OrderTurn&) const { return Effect::starts_work; }

  Effect operator()(const RepeatTurn&) const { return Effect::starts_work; }

  Effect operator()(const Push&) const { return Effect::starts_work; }

  Effect operator()(const OpenPullRequest&) const { return Effect::starts_work; }

  Effect operator()(const RerunChecks&) const { return Effect::starts_work; }

  Effect operator()(const MarkReady&) const { return Effect::starts_work; }

  Effect operator()(const Merge&) const { return Effect::starts_work; }

  Effect operator()(const End&) const { return Effect::none; }
};

} // namespace

std::string_view render_interrupt_cause(InterruptCause cause) {
  for (const auto& [value, text] : interrupt_causes) {
    if (value == cause) {
      return text;
    }
  }
  fail_check("an interrupt cause without a name", std::source_location::current());
}

Result<InterruptCause> parse_interrupt_cause(std::string_view text) {
  for (const auto& [value, name] : interrupt_causes) {
    if (name == text) {
      return value;
    }
  }
  return Error{.kind = ErrorKind::malformed,
               .message = "an interrupt cause is stalled, run-limit or budget; this is something else"};
}

std::string render_action(const Action& action) {
  return std::visit(Renderer{}, action);
}

Effect derive_effect(const Action& action) {
  return std::visit(EffectOf{}, action);
}

} // namespace afk

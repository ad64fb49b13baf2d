#pragma once
// The gates of dispatch_policy.hpp about the arming and its run: who put the ready label on, what became of it since,
// and whether it has had its one run. For dispatch_policy_gates.cpp alone.

#include <afk/core/dispatch_policy_gates.hpp>

namespace afk {

[[nodiscard]] GateVerdict judge_card(const GateContext& context);
[[nodiscard]] GateVerdict judge_arming(const GateContext& context);
[[nodiscard]] GateVerdict judge_spent(const GateContext& context);
[[nodiscard]] GateVerdict judge_run(const GateContext& context);
[[nodiscard]] GateVerdict judge_other_run(const GateContext& context);
[[nodiscard]] GateVerdict judge_resting(const GateContext& context);
[[nodiscard]] GateVerdict judge_trust(const GateContext& context);
[[nodiscard]] GateVerdict judge_content(const GateContext& context);
[[nodiscard]] GateVerdict judge_executor(const GateContext& context);

} // namespace afk

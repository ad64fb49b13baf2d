#pragma once
// Which issues the poller starts work on, and why it leaves the others alone: pure, from values to a plan.
//
// Every candidate passes the same row of gates. The first one that fails is the reason that people are told, but every
// gate has its say, so that `why` can show what else stands in the way. What a crash or a person left behind is put
// right whatever the caps say; what starts work, or takes a slot again, is chosen in order (parked runs before new
// ones, then priority, arming time, number) until a slot or a cap is used up. Where a cap that several repositories
// share binds, they take turns, the one with the most urgent issue first.

#include <afk/core/policy_input.hpp>
#include <afk/core/policy_verdict.hpp>

namespace afk {

[[nodiscard]] DispatchPlan derive_dispatch_plan(const PolicyInput& input);

} // namespace afk

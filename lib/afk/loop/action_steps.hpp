#pragma once
// From a decision to its steps: each action of the table, as what `apply` carries out.

#include <afk/loop/ending_steps.hpp>
#include <afk/loop/run_plan.hpp>

namespace afk::loop {

[[nodiscard]] EndingFacts derive_ending_facts(const RunLook& look, const Observation& observation);

// Adds the steps of `plan.decision` and what it changes on the card (`plan.run.view.card`), which is written before
// anything else is done. Fails when an order cannot be derived.
Result<void> plan_action(const TickContext& context, const WatchFacts& facts, const RunLook& look, RunPlan& plan);

} // namespace afk::loop

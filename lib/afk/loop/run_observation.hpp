#pragma once
// From one look to what the decision table's inputs are derived from: whose the arming is, what holds the run, what its
// executor, its repository and the forge have shown, and whether its question was answered.

#include <afk/loop/run_plan.hpp>

namespace afk::loop {

[[nodiscard]] Observation observe_run(const TickContext& context, const WatchFacts& facts, const RunLook& look);

} // namespace afk::loop

#pragma once
// One tick of the watcher: every run in flight is looked at, the decision table says what to do, and it is done. Each
// run is isolated from the others' failures.

#include <afk/loop/report.hpp>
#include <afk/loop/run_plan.hpp>
#include <afk/loop/tick_context.hpp>

namespace afk::loop {

// Never fails as a whole but through TickReport::fatal. Under a dry run nothing is written anywhere.
[[nodiscard]] TickReport watch_tick(const TickContext& context);

// The report on one run as it was planned; for `status` too.
[[nodiscard]] IssueReport report_run(const RunPlan& plan, const RunLook& look);

} // namespace afk::loop

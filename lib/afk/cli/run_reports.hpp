#pragma once
// Looking without acting: what the watcher would do about each run, as a report. For status, why and --wait.

#include <afk/loop/run_look.hpp>
#include <afk/loop/watcher.hpp>

namespace afk::cli {

[[nodiscard]] loop::TickReport report_runs(const loop::TickContext& context, const loop::RunLooks& looks);

} // namespace afk::cli

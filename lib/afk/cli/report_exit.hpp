#pragma once
// From a tick's report to messages on stderr and an exit code.

#include <afk/cli/console.hpp>
#include <afk/cli/exit_code.hpp>
#include <afk/loop/report.hpp>

namespace afk::cli {

void say_report_errors(Console& console, const loop::TickReport& report);

// 3 where the whole command could not work, 1 where some of it failed, else 0.
[[nodiscard]] ExitCode derive_report_exit(const loop::TickReport& report);

} // namespace afk::cli

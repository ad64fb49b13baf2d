#include <afk/cli/report_exit.hpp>

namespace afk::cli {

void say_report_errors(Console& console, const loop::TickReport& report) {
  if (report.fatal)
    console.say_error(std::nullopt, *report.fatal);
  for (const loop::ReportedError& reported : report.errors)
    console.say_error(reported.issue, reported.error);
}

ExitCode derive_report_exit(const loop::TickReport& report) {
  if (report.fatal) {
    const bool configuration = report.fatal->kind == ErrorKind::configuration || report.fatal->kind == ErrorKind::usage;
    return configuration ? ExitCode::usage : ExitCode::unreachable;
  }
  return report.errors.empty() ? ExitCode::done : ExitCode::some_failed;
}

} // namespace afk::cli

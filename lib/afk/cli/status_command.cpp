#include <afk/cli/commands.hpp>
#include <afk/cli/json_output.hpp>
#include <afk/cli/report_exit.hpp>
#include <afk/cli/run_reports.hpp>
#include <afk/cli/session.hpp>
#include <afk/cli/text_output.hpp>

namespace afk::cli {

Result<ExitCode> run_status_command(Invocation& invocation) {
  auto session = open_session(invocation, loop::TickReport::Mode::dry_run);
  if (!session)
    return std::move(session).error();
  (*session)->start_tick();
  const loop::TickContext context = (*session)->context();
  auto looks = loop::look_at_runs(context);
  if (!looks)
    return std::move(looks).error();
  const loop::TickReport report = report_runs(context, *looks);
  const bool json = invocation.arguments.output == OutputForm::json;
  auto printed = invocation.console.print(json ? render_status_json(report)
                                               : render_status_text(report, looks->now, invocation.console.colors()));
  if (!printed)
    return std::move(printed).error();
  say_report_errors(invocation.console, report);
  return derive_report_exit(report);
}

} // namespace afk::cli

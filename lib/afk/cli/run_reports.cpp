#include <afk/cli/run_reports.hpp>

namespace afk::cli {

loop::TickReport report_runs(const loop::TickContext& context, const loop::RunLooks& looks) {
  loop::TickReport report;
  report.command = loop::TickCommand::watch;
  report.mode = loop::TickReport::Mode::dry_run;
  report.errors = looks.errors;
  const loop::WatchFacts facts{looks.now, context.gate.read_kill_switch(), looks.dispatched_today, {}, ""};
  for (const loop::RunLook& look : looks.runs) {
    auto plan = loop::plan_run(context, facts, look);
    if (!plan)
      report.errors.push_back({look.record.issue, plan.error()});
    else
      report.issues.push_back(loop::report_run(*plan, look));
  }
  return report;
}

} // namespace afk::cli

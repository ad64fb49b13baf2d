#include <afk/cli/commands.hpp>
#include <afk/cli/json_output.hpp>
#include <afk/cli/report_exit.hpp>
#include <afk/cli/run_reports.hpp>
#include <afk/cli/session.hpp>
#include <afk/cli/text_output.hpp>
#include <afk/core/dispatch_policy.hpp>
#include <afk/loop/poll_look.hpp>

#include <fmt/format.h>

#include <iterator>

namespace afk::cli {

namespace {

// What poll says of the issue, gate by gate.
loop::IssueReport report_gates(const loop::PollLook& look, const IssueRef& issue) {
  const DispatchPlan plan = derive_dispatch_plan(look.input);
  loop::IssueReport report;
  report.issue = issue;
  report.verdict = loop::Verdict::skipped;
  for (const IssueVerdict& verdict : plan.issues) {
    if (verdict.issue != issue)
      continue;
    report.reason = verdict.reason;
    report.gates = verdict.gates;
  }
  for (const PlannedIssue& planned : plan.chosen) {
    if (planned.issue != issue)
      continue;
    report.verdict = planned.action == PollAction::dispatch ? loop::Verdict::would_dispatch : loop::Verdict::adopted;
    report.run = planned.run;
    if (planned.agent)
      report.agent = planned.agent->name;
    if (report.reason.empty())
      report.reason = std::string(render_poll_action(planned.action));
  }
  if (const auto ready = look.ready.find(issue); ready != look.ready.end())
    report.title = ready->second.record.title;
  return report;
}

} // namespace

Result<ExitCode> run_why_command(Invocation& invocation) {
  auto session = open_session(invocation, loop::TickReport::Mode::dry_run);
  if (!session)
    return std::move(session).error();
  (*session)->start_tick();
  const loop::TickContext context = (*session)->context();
  const IssueRef issue = *invocation.arguments.issue;
  auto look = loop::look_at_issue(context, issue);
  if (!look)
    return std::move(look).error();
  const auto ready = look->ready.find(issue);
  if (ready != look->ready.end() && ready->second.record.state == IssueState::gone)
    return Error{ErrorKind::usage, fmt::format("{}: there is no such issue", render_issue_ref(issue))};

  auto looks = loop::look_at_runs_of(context, {&issue, 1});
  if (!looks)
    return std::move(looks).error();
  loop::TickReport report = report_runs(context, *looks);
  report.errors = look->errors;
  report.issues.push_back(report_gates(*look, issue));
  const bool json = invocation.arguments.output == OutputForm::json;
  auto printed =
      invocation.console.print(json ? render_why_json(report) : render_why_text(report, invocation.console.colors()));
  if (!printed)
    return std::move(printed).error();
  say_report_errors(invocation.console, report);
  return derive_report_exit(report);
}

} // namespace afk::cli

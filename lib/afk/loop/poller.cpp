#include <afk/loop/poller.hpp>

#include <afk/core/dispatch_policy.hpp>
#include <afk/loop/dispatch_steps.hpp>
#include <afk/loop/refusal.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

bool is_dry(const TickContext& context) {
  return context.mode == TickReport::Mode::dry_run;
}

IssueReport report_verdict(const IssueVerdict& verdict, const PollLook& look) {
  IssueReport report;
  report.issue = verdict.issue;
  report.verdict = Verdict::skipped;
  report.reason = verdict.reason;
  report.gates = verdict.gates;
  if (const auto ready = look.ready.find(verdict.issue); ready != look.ready.end()) {
    report.title = ready->second.record.title;
    if (!ready->second.history.armings.empty())
      report.run = ready->second.history.armings.back().run;
  }
  return report;
}

Verdict planned_verdict(const TickContext& context, PollAction action) {
  switch (action) {
  case PollAction::dispatch:
    return is_dry(context) ? Verdict::would_dispatch : Verdict::dispatched;
  case PollAction::stamp_new:
  case PollAction::stamp_starting:
  case PollAction::stamp_parked:
    return Verdict::adopted;
  default:
    return Verdict::skipped;
  }
}

void fail(IssueReport& report, TickReport& tick, const Error& error) {
  report.verdict = Verdict::failed;
  report.reason = error.message;
  tick.errors.push_back({report.issue, error});
}

void carry_out(const TickContext& context, const PollLook& look, DispatchPlanOfIssue& plan, IssueReport& report,
               TickReport& tick) {
  ApplyOutcome outcome = apply_steps(context, plan.steps, plan.run);
  for (const Error& error : outcome.ring_errors)
    tick.errors.push_back({report.issue, error});
  if (outcome.started)
    report.executor_ref = outcome.started->reference;
  switch (outcome.end) {
  case ApplyOutcome::End::finished:
    if (outcome.started && outcome.started->outcome == StartOutcome::adopted)
      report.verdict = Verdict::adopted;
    return;
  case ApplyOutcome::End::held:
    report.verdict = Verdict::skipped;
    report.reason = "the kill switch was turned on before the work began";
    return;
  case ApplyOutcome::End::out_of_time:
    report.verdict = Verdict::skipped;
    report.reason = "left for the next tick: the deadline is near, or the program was asked to stop";
    return;
  case ApplyOutcome::End::failed:
    break;
  }
  fail(report, tick, *outcome.error);
  if (!std::holds_alternative<StartTurn>(*outcome.failed_at))
    return;
  const auto steps = derive_failed_dispatch_steps(context, look, *outcome.error, plan);
  const ApplyOutcome noted = apply_steps(context, steps, plan.run);
  if (noted.end == ApplyOutcome::End::failed)
    tick.errors.push_back({report.issue, *noted.error});
}

void work_on_issue(const TickContext& context, const PollLook& look, const PlannedIssue& planned, IssueReport& report,
                   TickReport& tick) {
  report.verdict = planned_verdict(context, planned.action);
  if (report.reason.empty())
    report.reason = std::string(render_poll_action(planned.action));
  if (planned.agent)
    report.agent = planned.agent->name;
  auto plan = derive_dispatch_steps(context, look, planned);
  if (!plan) {
    fail(report, tick, plan.error());
    return;
  }
  report.turn = plan->turn;
  if (!plan->executor.empty())
    report.executor = plan->executor;
  for (const Step& step : plan->steps)
    report.writes.push_back(render_step(step));
  if (is_dry(context))
    report.prompt = find_prompt(plan->steps);
  else
    carry_out(context, look, *plan, report, tick);
}

// An arming by hand gets its event, and so its id, before anything is planned with it. A dry run only says so.
Result<PollLook> look_with_recorded_armings(const TickContext& context, TickReport& tick) {
  auto look = look_at_ready_issues(context);
  if (!look || look->unrecorded.empty() || is_dry(context))
    return look;
  const Step record{RecordHandEdits{}};
  for (const IssueRef& issue : look->unrecorded) {
    RunInFlight run;
    run.issue = issue;
    const ApplyOutcome outcome = apply_steps(context, {&record, 1}, run);
    if (outcome.end == ApplyOutcome::End::failed)
      tick.errors.push_back({issue, *outcome.error});
    else if (outcome.end != ApplyOutcome::End::finished)
      break;
  }
  return look_at_ready_issues(context);
}

// Comments have a cap of their own: a crowd of refused issues is told over several ticks.
constexpr std::size_t most_refusals_told = 5;

void tell_refusals(const TickContext& context, const PollLook& look, const DispatchPlan& plan, TickReport& tick) {
  std::size_t told = 0;
  for (std::size_t i = 0; i < plan.issues.size() && told < most_refusals_told; ++i) {
    const auto refusal = derive_refusal(context, look, plan.issues[i]);
    if (!refusal)
      continue;
    ++told;
    const Step say{*refusal};
    tick.issues[i].writes.push_back(render_step(say));
    if (is_dry(context))
      continue;
    RunInFlight nobody;
    nobody.issue = plan.issues[i].issue;
    const ApplyOutcome outcome = apply_steps(context, {&say, 1}, nobody);
    if (outcome.end == ApplyOutcome::End::failed)
      tick.errors.push_back({nobody.issue, *outcome.error});
  }
}

void work_on_plan(const TickContext& context, const PollLook& look, TickReport& tick) {
  const DispatchPlan plan = derive_dispatch_plan(look.input);
  for (const IssueVerdict& verdict : plan.issues)
    tick.issues.push_back(report_verdict(verdict, look));
  for (const PlannedIssue& planned : plan.chosen) {
    const auto report = std::ranges::find(tick.issues, planned.issue, &IssueReport::issue);
    if (report == tick.issues.end() || !look.ready.contains(planned.issue))
      continue;
    const bool unrecorded = std::ranges::find(look.unrecorded, planned.issue) != look.unrecorded.end();
    if (unrecorded)
      report->writes.push_back(render_step(RecordHandEdits{}));
    if (unrecorded && !is_dry(context)) {
      report->reason = "armed by hand, and the event could not be recorded; the next tick tries again";
      continue;
    }
    work_on_issue(context, look, planned, *report, tick);
    if (unrecorded) { // the names that a dry run derives would be others once the arming has its id
      report->run.reset();
      report->turn.reset();
    }
  }
  tell_refusals(context, look, plan, tick); // after what matters more
}

std::string derive_idle_reason(const TickContext& context, KillSwitch kill_switch) {
  if (kill_switch == KillSwitch::on)
    return "the kill switch is on";
  return context.config.allowlist.empty() ? "the allowlist is empty" : "";
}

} // namespace

TickReport poll_tick(const TickContext& context) {
  TickReport tick;
  tick.command = TickCommand::poll;
  tick.mode = context.mode;
  tick.started_at = context.clock.now();
  const Duration begin = context.clock.monotonic();
  tick.kill_switch = context.gate.read_kill_switch() == TickGate::KillSwitch::on ? KillSwitch::on : KillSwitch::off;
  tick.idle_reason = derive_idle_reason(context, tick.kill_switch);
  if (tick.idle_reason.empty()) {
    auto look = look_with_recorded_armings(context, tick);
    if (!look) {
      tick.fatal = std::move(look).error();
    } else {
      tick.errors.insert(tick.errors.end(), look->errors.begin(), look->errors.end());
      work_on_plan(context, *look, tick);
    }
  }
  tick.duration = context.clock.monotonic() - begin;
  return tick;
}

} // namespace afk::loop

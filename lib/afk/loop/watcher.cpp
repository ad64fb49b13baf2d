#include <afk/loop/watcher.hpp>

#include <afk/core/message.hpp>
#include <afk/loop/failure_excerpt.hpp>
#include <afk/loop/redispatch_gates.hpp>

#include <fmt/format.h>

namespace afk::loop {

namespace {

WatchFacts derive_watch_facts(const TickContext& context, const RunLooks& looks) {
  return {looks.now, context.gate.read_kill_switch(), looks.dispatched_today, {}, ""};
}

IssueReport report_foreign_lock(const TickContext& context, const IssueRecord& record) {
  IssueReport report;
  report.issue = record.issue;
  report.title = record.title;
  report.action = render_action(ReportForeignLock{});
  report.row = 3;
  report.reason =
      fmt::format("the label {} is on, and no run of afk stands behind it: somebody else put it on. Take it "
                  "off to let afk work on the issue",
                  context.config.labels.in_progress);
  return report;
}

// Whether an error says no to what was asked, be it for now, or only that nobody was there to ask. A push that collides
// is tried again like the rest, but a work tree that stays dirty must reach its owner, and a disk that stays full too.
enum class Answered : std::uint8_t { nobody, no_to_it };

Answered derive_answered(const Error& error) {
  switch (error.kind) {
  case ErrorKind::unreachable:
  case ErrorKind::rate_limited:
  case ErrorKind::interrupted:
    return Answered::nobody;
  default:
    return Answered::no_to_it;
  }
}

// An action that was refused starts a clock; one that was carried out stops it. What may succeed on the next tick is
// only reported.
void note_outcome(const TickContext& context, RunPlan& plan, const ApplyOutcome& outcome) {
  RunCard& card = plan.run.view.card;
  const bool failed = outcome.end == ApplyOutcome::End::failed && outcome.failed_at &&
                      (derive_step_kind(*outcome.failed_at) == StepKind::starts_work ||
                       std::holds_alternative<KeepCandidate>(*outcome.failed_at));
  const bool refused = failed && derive_answered(*outcome.error) == Answered::no_to_it;
  if (refused) {
    card.first_seen.try_emplace(FirstSeen::refused, plan.observation.now);
    card.refused_answer = outcome.error->message;
  } else if (outcome.end == ApplyOutcome::End::finished && derive_effect(plan.decision.action) == Effect::starts_work &&
             card.first_seen.contains(FirstSeen::refused)) {
    card.first_seen.erase(FirstSeen::refused);
    card.refused_answer.clear();
  } else {
    return;
  }
  const Step write{WriteCard{}};
  // A card that cannot be written now is written by the next look, which sees the same refusal.
  static_cast<void>(apply_steps(context, {&write, 1}, plan.run));
}

void report_outcome(const ApplyOutcome& outcome, IssueReport& report, TickReport& tick) {
  for (const Error& error : outcome.ring_errors)
    tick.errors.push_back({report.issue, error});
  for (const Error& error : outcome.left_behind)
    tick.errors.push_back({report.issue, error});
  switch (outcome.end) {
  case ApplyOutcome::End::finished:
    break;
  case ApplyOutcome::End::held:
    report.reason = "the kill switch was turned on before the work began";
    break;
  case ApplyOutcome::End::out_of_time:
    report.reason = "left for the next tick: the deadline is near, or the program was asked to stop";
    break;
  case ApplyOutcome::End::failed:
    report.reason = outcome.error->message;
    tick.errors.push_back({report.issue, *outcome.error});
    break;
  }
  if (outcome.end != ApplyOutcome::End::finished)
    report.terminal = std::nullopt;
  if (outcome.started)
    report.executor_ref = outcome.started->reference;
}

// A run that poll has started and not stamped yet: a card now would make the missing label look like a person's doing.
// Poll finds the run again and goes on where it was; what a person did meanwhile is the watcher's. `overdue`: the tick
// that started it cannot be alive any more, and no other one came, because the kill switch is on, say: then the watcher
// stamps it, so that its limits hold.
enum class Stamp : std::uint8_t { missing, overdue, known };

// When the run's first turn began; absent while none did.
std::optional<Timestamp> find_start(const RunLook& look) {
  for (const AttemptView& attempt : look.evidence.attempts)
    for (const TurnView& turn : attempt.turns)
      if (turn.started_at)
        return turn.started_at;
  return std::nullopt;
}

Stamp derive_stamp(const TickContext& context, const RunLook& look, Timestamp now) {
  const LabelSettings& labels = context.config.labels;
  if (look.found || has_label(look.record.labels, labels.in_progress) ||
      !derive_person_acts(look.record, look.history, look.arming, labels).empty())
    return Stamp::known;
  for (std::size_t position = look.arming.position + 1; position < look.record.events.size(); ++position) {
    const IssueEvent& event = look.record.events[position];
    if (event.kind == IssueEventKind::labeled && has_label({&event.label, 1}, labels.in_progress))
      return Stamp::known;
  }
  const auto start = find_start(look);
  const Duration rest = 2 * context.config.limits.tick_deadline;
  return start && now - *start > rest ? Stamp::overdue : Stamp::missing;
}

// The label alone: with it on, the next look sees a run like any other.
void stamp(const TickContext& context, const RunLook& look, TickReport& tick) {
  const Step step{SetLabel{context.config.labels.in_progress, TrackerWrites::LabelTarget::on}};
  IssueReport report;
  report.issue = look.record.issue;
  report.title = look.record.title;
  report.run = look.arming.run;
  report.reason = "a run that was started and never stamped gets its label";
  report.writes.push_back(render_step(step));
  if (context.mode == TickReport::Mode::real) {
    RunInFlight run;
    run.issue = look.record.issue;
    report_outcome(apply_steps(context, {&step, 1}, run), report, tick);
  }
  tick.issues.push_back(std::move(report));
}

// What could not even be ordered is refused like what the executor refuses.
ApplyOutcome derive_refused_outcome(const Error& refusal) {
  ApplyOutcome outcome;
  outcome.end = ApplyOutcome::End::failed;
  outcome.error = refusal;
  outcome.failed_at = StartTurn{};
  return outcome;
}

void work_on_run(const TickContext& context, const WatchFacts& facts, const RunLook& look, TickReport& tick) {
  auto plan = plan_run(context, facts, look);
  if (plan && derive_starts_over(plan->decision.action) == StartsOver::yes) {
    WatchFacts judged = facts;
    judged.redispatch = judge_redispatch(context, look.record.issue);
    plan = plan_run(context, judged, look);
  }
  if (plan && derive_wants_excerpt(context, *plan, look) == WantsExcerpt::yes) {
    WatchFacts informed = facts;
    informed.failure = fetch_failure_excerpt(context, *plan, look);
    plan = plan_run(context, informed, look);
  }
  if (!plan) {
    tick.errors.push_back({look.record.issue, plan.error()});
    return;
  }
  IssueReport report = report_run(*plan, look);
  if (context.mode == TickReport::Mode::dry_run) {
    report.prompt = find_prompt(plan->steps);
  } else {
    const ApplyOutcome outcome =
        plan->refusal ? derive_refused_outcome(*plan->refusal) : apply_steps(context, plan->steps, plan->run);
    report_outcome(outcome, report, tick);
    note_outcome(context, *plan, outcome);
  }
  tick.issues.push_back(std::move(report));
}

} // namespace

IssueReport report_run(const RunPlan& plan, const RunLook& look) {
  IssueReport report;
  report.issue = plan.issue;
  report.title = plan.title;
  report.reason = plan.reason.empty() ? render_action_explanation(plan.decision.action) : plan.reason;
  report.run = look.arming.run;
  report.turn = plan.turn;
  if (const TurnView* live = find_live_turn(plan.observation); live != nullptr && !report.turn)
    report.turn = live->turn;
  if (!look.card.agent.empty())
    report.agent = look.card.agent;
  if (!plan.executor.empty())
    report.executor = plan.executor;
  const auto& attempts = look.evidence.attempts;
  if (!attempts.empty() && !attempts.back().reference.empty())
    report.executor_ref = attempts.back().reference;
  report.phase = std::string(render_phase(plan.run.view.phases.current));
  report.action = render_action(plan.decision.action);
  report.row = plan.decision.row;
  if (const auto* end = std::get_if<End>(&plan.decision.action))
    report.terminal = end->ending;
  const RunCard& card = plan.run.view.card;
  if (const auto started = card.first_seen.find(FirstSeen::run); started != card.first_seen.end())
    report.started_at = started->second;
  report.attempts = derive_attempts_used(card);
  if (!plan.run.view.step.empty())
    report.step = plan.run.view.step;
  report.quiet_since = plan.run.view.quiet_since;
  const WorkEvidence& work = plan.observation.landing.work;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      report.evidence.push_back({name, value});
  };
  add("head", work.run_head);
  add("base", work.base_head);
  add("published", work.published.head);
  if (plan.observation.forge.pull_request.value)
    add("pull_request", plan.observation.forge.pull_request.value->link);
  add("work", work.published.link);
  for (const Step& step : plan.steps)
    report.writes.push_back(render_step(step));
  return report;
}

TickReport watch_tick(const TickContext& context) {
  TickReport tick;
  tick.command = TickCommand::watch;
  tick.mode = context.mode;
  tick.started_at = context.clock.now();
  const Duration begin = context.clock.monotonic();
  auto looks = look_at_runs(context);
  if (!looks) {
    tick.fatal = std::move(looks).error();
  } else {
    const WatchFacts facts = derive_watch_facts(context, *looks);
    tick.kill_switch = facts.kill_switch == TickGate::KillSwitch::on ? KillSwitch::on : KillSwitch::off;
    tick.errors = looks->errors;
    for (const IssueRecord& record : looks->foreign_locks)
      tick.issues.push_back(report_foreign_lock(context, record));
    for (const RunLook& look : looks->runs) {
      if (context.mode == TickReport::Mode::real && context.gate.read_time() != TickGate::Time::left) {
        tick.errors.push_back({look.record.issue, Error{ErrorKind::interrupted,
                                                        "not looked at: the tick's deadline is near, or the program "
                                                        "was asked to stop; the next tick goes on here"}});
        continue;
      }
      const Stamp stamped = derive_stamp(context, look, looks->now);
      if (stamped == Stamp::known)
        work_on_run(context, facts, look, tick);
      else if (stamped == Stamp::overdue)
        stamp(context, look, tick);
    }
  }
  tick.duration = context.clock.monotonic() - begin;
  return tick;
}

} // namespace afk::loop

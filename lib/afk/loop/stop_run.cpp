#include <afk/loop/stop_run.hpp>

#include <afk/loop/apply.hpp>
#include <afk/loop/card_view.hpp>
#include <afk/loop/ending_steps.hpp>
#include <afk/loop/run_look.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

using LabelTarget = TrackerWrites::LabelTarget;

Error no_such_issue(const IssueRef& issue) {
  return {ErrorKind::usage, fmt::format("{}: there is no such issue", render_issue_ref(issue))};
}

Result<IssueRecord> fetch_issue(const TickContext& context, const IssueRef& issue) {
  auto records = context.tracker.fetch_issues({&issue, 1});
  if (!records.front())
    return std::move(records.front()).error();
  if (records.front()->state == IssueState::gone)
    return no_such_issue(issue);
  return std::move(*records.front());
}

void take_outcome(const ApplyOutcome& outcome, Handled& handled) {
  handled.errors.insert(handled.errors.end(), outcome.ring_errors.begin(), outcome.ring_errors.end());
  if (outcome.error)
    handled.errors.push_back(*outcome.error);
  else if (outcome.end == ApplyOutcome::End::out_of_time)
    handled.errors.push_back({ErrorKind::interrupted, "stopped half-way; the next watch tick finishes it"});
}

bool is_in_flight(const TickContext& context, const RunLook& look) {
  if (has_label(look.record.labels, context.config.labels.in_progress))
    return true;
  return look.card.state == CardState::running || look.card.state == CardState::parked;
}

EndingFacts derive_stop_facts(const RunLook& look, Timestamp now) {
  EndingFacts facts;
  facts.issue = look.record.issue;
  facts.issue_title = look.record.title;
  facts.issue_url = look.record.url;
  facts.issue_state = look.record.state;
  facts.labels = look.record.labels;
  facts.executor = look.evidence.reach == ExecutorEvidence::Reach::other_identity ? "" : look.executor;
  for (int k = 0; k <= look.card.redispatches; ++k)
    facts.attempts.push_back({look.arming.run, k});
  facts.now = now;
  return facts;
}

// The new run's card holds nothing but the record of its arming; the dispatch fills in the rest.
RunInFlight start_requeued_card(const TickContext& context, const RepositorySettings& settings,
                                const IssueRecord& record, const ArmingRecord& arming) {
  RunCard card;
  card.afk_version = context.version;
  card.run = arming.run;
  card.arming = arming.event.id;
  card.state = CardState::dispatch_failing;
  card.recorded_arming = arming.event.id.text;
  RunInFlight run;
  run.issue = record.issue;
  run.view = derive_new_card_view(context, {record.issue, std::move(card), settings, ""});
  return run;
}

} // namespace

Result<Handled> stop_run(const TickContext& context, const IssueRef& issue) {
  auto record = fetch_issue(context, issue);
  if (!record)
    return std::move(record).error();
  auto looks = look_at_runs_of(context, {&issue, 1});
  if (!looks)
    return std::move(looks).error();
  if (looks->runs.empty() || !is_in_flight(context, looks->runs.front()))
    return Error{ErrorKind::conflict, fmt::format("{}: no run is in flight", render_issue_ref(issue))};
  const RunLook& look = looks->runs.front();
  if (look.evidence.reach != ExecutorEvidence::Reach::known)
    return Error{ErrorKind::unreachable, fmt::format("{}: the run's executor cannot be reached, so that its agent may "
                                                     "go on: {}",
                                                     render_issue_ref(issue), look.evidence.problem)};
  const EndingFacts facts = derive_stop_facts(look, looks->now);
  RunCard card = announce_ending(context, look.card, facts, Ending::needs_human, "stopped by a person (afk stop)");
  RunInFlight run;
  run.issue = issue;
  if (look.found) {
    run.comment_id = look.found->comment_id;
    run.comment_body = look.found->body;
  }
  const auto steps = derive_ending_steps(context, card, facts);
  run.view = derive_new_card_view(context, {issue, std::move(card), look.settings, ""});
  Handled handled{look.arming.run, {}};
  take_outcome(apply_steps(context, steps, run), handled);
  return handled;
}

Result<Handled> requeue_issue(const TickContext& context, const IssueRef& issue) {
  auto record = fetch_issue(context, issue);
  if (!record)
    return std::move(record).error();
  if (record->state != IssueState::open)
    return Error{ErrorKind::conflict, fmt::format("{}: the issue is closed; reopen it first", render_issue_ref(issue))};
  auto looks = look_at_runs_of(context, {&issue, 1});
  if (!looks)
    return std::move(looks).error();
  const bool in_flight = !looks->foreign_locks.empty() || std::ranges::any_of(looks->runs, [&](const RunLook& look) {
    return is_in_flight(context, look);
  });
  if (in_flight)
    return Error{ErrorKind::conflict,
                 fmt::format("{}: a run is in flight; stop it first (afk stop)", render_issue_ref(issue))};
  auto settings = derive_settings(context, issue.repository);
  if (!settings)
    return std::move(settings).error();

  const LabelSettings& labels = context.config.labels;
  std::vector<Step> steps;
  for (const std::string& label : {labels.human, labels.question, labels.ready})
    if (has_label(record->labels, label))
      steps.emplace_back(SetLabel{label, LabelTarget::off});
  steps.emplace_back(SetLabel{labels.ready, LabelTarget::on});
  RunInFlight nobody;
  nobody.issue = issue;
  Handled handled;
  take_outcome(apply_steps(context, steps, nobody), handled);
  if (!handled.errors.empty())
    return handled;

  auto armed = fetch_issue(context, issue);
  if (!armed)
    return std::move(armed).error();
  const IssueHistory history = derive_issue_history(*armed, derive_history_context(context, looks->host));
  if (history.armings.empty())
    return Error{ErrorKind::conflict, fmt::format("{}: the ready label was taken off again", render_issue_ref(issue))};
  handled.run = history.armings.back().run;
  RunInFlight run = start_requeued_card(context, *settings, *armed, history.armings.back());
  const Step write{WriteCard{}};
  take_outcome(apply_steps(context, {&write, 1}, run), handled);
  return handled;
}

} // namespace afk::loop

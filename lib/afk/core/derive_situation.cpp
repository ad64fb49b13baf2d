#include <afk/core/derive_situation.hpp>

#include <afk/core/budget.hpp>
#include <afk/core/check_verdict.hpp>
#include <afk/core/path_pattern.hpp>
#include <afk/core/run_clocks.hpp>

#include <algorithm>

namespace afk {

namespace {

using S = Situation;

bool reads_executor(const Observation& observation) {
  return observation.executor.reach == ExecutorEvidence::Reach::known;
}

bool asks_in_report(const TurnView& turn) {
  return turn.report && !turn.report->question.empty();
}

// Where it cannot be told whether the work has landed, a closed issue says nothing: a forge closes it with the merge.
bool knows_what_landed(const Observation& observation) {
  return observation.landing.reach != LandingEvidence::Reach::unreachable &&
         observation.forge.pull_request.reach != ForgeReach::unreachable;
}

S::Issue derive_issue(const Observation& observation, S::Published published) {
  switch (observation.issue_state) {
  case IssueState::open:
    return S::Issue::open;
  case IssueState::gone:
    return S::Issue::gone;
  case IssueState::closed:
  case IssueState::closed_not_planned:
    break;
  }
  if (published == S::Published::merged || published == S::Published::on_base)
    return S::Issue::closed_after_landing;
  return knows_what_landed(observation) ? S::Issue::closed : S::Issue::open;
}

S::Person derive_person(const Observation& observation, const LandingEvidence& landing) {
  const bool acted = std::ranges::any_of(observation.person_acts, [](PersonAct act) {
    return act != PersonAct::closed_issue; // row 1 asks first what has landed
  });
  const PublishedEvidence& published = landing.work.published;
  const bool closed = published.pull_request == PublishedEvidence::Closed::closed_unmerged;
  return acted || closed ? S::Person::took_over : S::Person::absent;
}

S::Turn derive_vanished(const Observation& observation, const RepositorySettings& settings) {
  const Duration gone_for = derive_elapsed(observation.card, FirstSeen::vanished, observation.now);
  if (gone_for < settings.lifecycle.turn_end_grace)
    return S::Turn::vanishing;
  // Counted by what began, not by the card: one that was announced and never began is ordered again.
  return derive_newest_redispatch(observation) < settings.lifecycle.redispatch_max ? S::Turn::vanished
                                                                                   : S::Turn::vanished_for_good;
}

S::Turn derive_limited(const TurnView& turn, Timestamp now) {
  return now < derive_limit_end(turn, now) ? S::Turn::limited : S::Turn::limit_over;
}

S::Turn derive_ended(const Observation& observation, const TurnView& turn) {
  if (turn.outcome == TurnOutcome::usage_limited)
    return derive_limited(turn, observation.now);
  if (asks_in_report(turn))
    return S::Turn::blocked;
  return turn.outcome == TurnOutcome::succeeded && turn.report_problem.empty() ? S::Turn::clean : S::Turn::failed;
}

S::Turn derive_turn(const Observation& observation, const RepositorySettings& settings) {
  if (!reads_executor(observation))
    return S::Turn::unknown;
  if (const TurnView* live = find_live_turn(observation))
    return live->state == TurnState::waiting ? S::Turn::waiting : S::Turn::running;
  const TurnView* last = find_last_agent_turn(observation);
  const auto& interrupt = observation.card.interrupt;
  if (last != nullptr && interrupt && interrupt->turn == last->turn)
    return S::Turn::failed; // stopped by us, however it went: never started over
  if (last == nullptr || last->state != TurnState::ended)
    return derive_vanished(observation, settings);
  return derive_ended(observation, *last);
}

S::Overrun to_overrun(InterruptCause cause) {
  switch (cause) {
  case InterruptCause::stalled:
    return S::Overrun::stalled;
  case InterruptCause::run_limit:
    return S::Overrun::run_limit;
  case InterruptCause::budget:
    return S::Overrun::budget;
  }
  return S::Overrun::stalled;
}

// Corrective turns that used up an attempt: as the card counts them, or, when the card was lost, as many as the
// executor shows.
int count_attempts(const Observation& observation) {
  int shown = 0;
  for (const AttemptView& attempt : observation.executor.attempts)
    for (const TurnView& turn : attempt.turns)
      shown += turn.kind == TurnKind::fix || turn.kind == TurnKind::finish ? 1 : 0;
  return std::max(shown, derive_attempts_used(observation.card));
}

std::vector<BudgetLimit> derive_reached(const Observation& observation, const RepositorySettings& settings) {
  BudgetUse use;
  use.attempts = count_attempts(observation);
  if (observation.card.first_seen.contains(FirstSeen::red))
    use.since_red = derive_elapsed(observation.card, FirstSeen::red, observation.now);
  if (observation.card.cost_usd > 0)
    use.cost_usd = observation.card.cost_usd;
  use.running = derive_elapsed(observation.card, FirstSeen::run, observation.now);
  const LifecycleSettings& lifecycle = settings.lifecycle;
  return derive_limits_reached(use, {lifecycle.fix_forward_max_attempts, lifecycle.fix_forward_max_seconds,
                                     lifecycle.budget_usd, lifecycle.run_limit});
}

bool is_reached(const std::vector<BudgetLimit>& reached, BudgetLimit limit) {
  return std::ranges::find(reached, limit) != reached.end();
}

S::Overrun derive_limit_passed(const Observation& observation, const RepositorySettings& settings,
                               const TurnView& live) {
  const auto reached = derive_reached(observation, settings);
  if (is_reached(reached, BudgetLimit::cost))
    return S::Overrun::budget;
  if (is_reached(reached, BudgetLimit::run_limit))
    return S::Overrun::run_limit;
  const auto progress = live.last_progress_at ? live.last_progress_at : live.started_at;
  if (progress && observation.now - *progress > settings.lifecycle.stall_limit)
    return S::Overrun::stalled;
  return S::Overrun::none;
}

struct OverrunView {
  S::Overrun overrun = S::Overrun::none;
  S::Interrupt interrupt = S::Interrupt::not_ordered;
};

OverrunView derive_overrun(const Observation& observation, const RepositorySettings& settings, S::Turn turn) {
  const auto& ordered = observation.card.interrupt;
  if (turn == S::Turn::running) {
    const TurnView* live = find_live_turn(observation);
    if (ordered && ordered->turn == live->turn) {
      const bool overdue = observation.now - ordered->at >= settings.lifecycle.turn_end_grace;
      return {to_overrun(ordered->cause), overdue ? S::Interrupt::overdue : S::Interrupt::ordered};
    }
    return {derive_limit_passed(observation, settings, *live), S::Interrupt::not_ordered};
  }
  const TurnView* last = find_last_agent_turn(observation);
  if (turn == S::Turn::failed && ordered && last != nullptr && ordered->turn == last->turn)
    return {to_overrun(ordered->cause), S::Interrupt::not_ordered};
  return {};
}

bool has_forge_needs(const Observation& observation, const Situation& situation) {
  const ForgeObservation& forge = observation.forge;
  const auto is_missing = [](const auto& seen) { return seen.reach == ForgeReach::unreachable; };
  if (is_missing(forge.pull_request) || is_missing(forge.deployment))
    return true;
  if (situation.local == S::Local::finished)
    return false; // verified and pushed before anything else is asked
  if (is_missing(forge.head) || is_missing(forge.merge_base) || is_missing(forge.base_head))
    return true;
  const bool open = situation.published == S::Published::draft || situation.published == S::Published::open;
  const bool judged = situation.verdict == S::Verdict::green || situation.verdict == S::Verdict::red;
  const auto& pull_request = forge.pull_request.value;
  return open && judged && pull_request && pull_request->mergeability == Mergeability::unknown;
}

S::Reach derive_reach(const Observation& observation, const RepositorySettings& settings, const Situation& situation) {
  if (reads_executor(observation) && observation.landing.reach != LandingEvidence::Reach::unreachable &&
      observation.redispatch_gates.reach == RedispatchVerdict::Reach::known && !has_forge_needs(observation, situation))
    return S::Reach::everything;
  const Duration missing = derive_elapsed(observation.card, FirstSeen::unreachable, observation.now);
  return missing < settings.lifecycle.unreachable_after ? S::Reach::something_missing : S::Reach::missing_too_long;
}

S::Published to_published(PublishedState state) {
  switch (state) {
  case PublishedState::nothing:
    return S::Published::nothing;
  case PublishedState::branch:
    return S::Published::branch;
  case PublishedState::draft:
    return S::Published::draft;
  case PublishedState::open:
    return S::Published::open;
  case PublishedState::merged:
    return S::Published::merged;
  case PublishedState::on_base:
    return S::Published::on_base;
  }
  return S::Published::nothing;
}

bool is_landed(S::Published published) {
  return published == S::Published::merged || published == S::Published::on_base;
}

// Commits that are in the workspace alone. What a merge took along may look like that, because a forge may have made
// other commits of them and deleted the branch.
bool has_local_work(const WorkEvidence& work, S::Published published) {
  const bool taken_along = published == S::Published::merged && work.delivery == WorkEvidence::Delivery::pushed;
  return work.commits > 0 && work.unpublished > 0 && work.run_head != work.published.head && !taken_along;
}

S::Conflict derive_conflict(const Observation& observation, const Situation& situation) {
  const bool open = situation.published == S::Published::draft || situation.published == S::Published::open;
  const auto& pull_request = observation.forge.pull_request.value;
  if (open && pull_request && pull_request->mergeability == Mergeability::conflicting)
    return S::Conflict::conflicting;
  // The forge speaks for what it shows; what has landed cannot conflict any more. Newer commits on top of it can.
  const bool git_speaks = situation.local != S::Local::none || (!open && !is_landed(situation.published));
  return git_speaks && !observation.landing.work.conflicts.empty() ? S::Conflict::conflicting : S::Conflict::none;
}

S::Protected derive_protected(const WorkEvidence& work, const RepositorySettings& settings) {
  const auto is_protected = [&](const std::string& path) {
    return matches_any_path_pattern(settings.lifecycle.protected_paths, path);
  };
  const bool touched =
      std::ranges::any_of(work.changed_paths, is_protected) || std::ranges::any_of(work.published_paths, is_protected);
  return touched ? S::Protected::touched : S::Protected::untouched;
}

// A rebase that was ordered because the base had been red, and left everything as it was: the next one would too.
bool was_rebased_in_vain(const Observation& observation) {
  const TurnView* last = find_last_agent_turn(observation);
  return last != nullptr && last->kind == TurnKind::rebase && last->state == TurnState::ended &&
         last->head_before == last->head_after;
}

S::BaseRed derive_base_state(const Observation& observation, const RepositorySettings& settings,
                             const PublishedVerdict& verdict) {
  const ForgeObservation& forge = observation.forge;
  if (verdict.verdict != S::Verdict::red || verdict.failed.empty() || forge.merge_base.reach != ForgeReach::known)
    return S::BaseRed::no;
  const S::BaseRed base = derive_base_red(verdict.failed, forge.merge_base.value, forge.base_head.value);
  const Duration red_for = derive_elapsed(observation.card, FirstSeen::base_red, observation.now);
  if (base == S::BaseRed::at_merge_base && was_rebased_in_vain(observation))
    return S::BaseRed::no;
  const bool too_long = base == S::BaseRed::at_head && red_for >= settings.lifecycle.base_red_after;
  return too_long ? S::BaseRed::at_head_too_long : base;
}

S::Rerun derive_rerun(const Observation& observation, const PublishedVerdict& verdict) {
  const auto& done = observation.card.rerun_heads;
  const bool was_rerun = std::ranges::find(done, observation.landing.work.published.head) != done.end();
  const bool can_be = std::ranges::any_of(
      verdict.failed, [](const CheckResult& check) { return check.rerun == CheckResult::Rerun::possible; });
  return verdict.verdict == S::Verdict::red && can_be && !was_rerun ? S::Rerun::possible : S::Rerun::not_possible;
}

void derive_published(const Observation& observation, const RepositorySettings& settings, Situation& situation) {
  const PublishedVerdict verdict = derive_published_verdict(observation, settings);
  situation.verdict = verdict.verdict;
  situation.base_red = derive_base_state(observation, settings, verdict);
  situation.rerun = derive_rerun(observation, verdict);
}

void derive_work(const Observation& observation, const RepositorySettings& settings, Situation& situation) {
  if (observation.landing.reach != LandingEvidence::Reach::known)
    return;
  const WorkEvidence& work = observation.landing.work;
  situation.published = to_published(work.published.state);
  if (has_local_work(work, situation.published))
    situation.local = situation.turn == S::Turn::clean ? S::Local::finished : S::Local::unfinished;
  if (situation.local == S::Local::none && situation.published == S::Published::nothing)
    return;
  situation.conflict = derive_conflict(observation, situation);
  situation.protected_paths = derive_protected(work, settings);
  if (situation.local != S::Local::finished) {
    if (situation.published != S::Published::nothing) // else there is no head that a verdict could be about
      derive_published(observation, settings, situation);
    return;
  }
  const bool cannot_land =
      situation.conflict == S::Conflict::conflicting && settings.landing.landing == S::Landing::push;
  situation.verdict =
      cannot_land ? S::Verdict::red : derive_head_verdict(observation, settings, work.candidate_head).verdict;
}

bool is_deployed(const Observation& observation) {
  const auto& deployment = observation.forge.deployment;
  return deployment.reach == ForgeReach::known && deployment.value.evidence.state == DeploymentState::deployed &&
         deployment.value.landed_head == DeploymentSeen::Contains::yes;
}

bool is_last_stage(const Observation& observation, const Situation& situation) {
  const bool on_base_whole =
      situation.published == S::Published::on_base && situation.local != S::Local::finished; // newer work lands first
  switch (situation.last_stage) {
  case S::LastStage::review: // a merge is a later stage than a review
  case S::LastStage::merged:
    return situation.published == S::Published::merged;
  case S::LastStage::checks:
    return on_base_whole && situation.verdict == S::Verdict::green;
  case S::LastStage::deployed:
    return (on_base_whole || (situation.published == S::Published::merged && situation.local != S::Local::finished)) &&
           situation.verdict != S::Verdict::red && is_deployed(observation);
  }
  return false;
}

S::Stage derive_stage(const Observation& observation, const Situation& situation) {
  if (!is_last_stage(observation, situation))
    return S::Stage::before;
  const bool cleanly = situation.landing == S::Landing::pull_request || situation.turn == S::Turn::clean;
  return cleanly ? S::Stage::reached : S::Stage::reached_uncleanly;
}

// Row 14 waits for what the last turn left behind; row 20 for what this head's fix turn may still push.
S::Grace derive_grace(const Observation& observation, const RepositorySettings& settings, const Situation& situation) {
  if (situation.turn == S::Turn::vanishing)
    return S::Grace::running;
  const TurnView* last = find_last_agent_turn(observation);
  if (last == nullptr || last->state != TurnState::ended || !last->ended_at)
    return S::Grace::over;
  const bool nothing_yet = situation.published == S::Published::nothing && situation.local != S::Local::finished;
  const bool fix_without_head = last->kind == TurnKind::fix && last->head_before == last->head_after;
  if (!nothing_yet && !fix_without_head)
    return S::Grace::over;
  return observation.now - *last->ended_at < settings.lifecycle.turn_end_grace ? S::Grace::running : S::Grace::over;
}

S::Patience derive_patience(const Observation& observation, const RepositorySettings& settings,
                            const Situation& situation) {
  const auto passed = [&](FirstSeen what, Duration limit) {
    return derive_elapsed(observation.card, what, observation.now) >= limit;
  };
  bool out = false;
  if (situation.verdict == S::Verdict::missing && situation.published != S::Published::merged)
    out = passed(FirstSeen::checks, settings.lifecycle.ci_missing_after);
  else if (situation.verdict == S::Verdict::pending && situation.published != S::Published::merged)
    out = passed(FirstSeen::checks, settings.lifecycle.no_verdict_after);
  else if (is_landed(situation.published))
    out = passed(FirstSeen::landed, settings.lifecycle.deploy_after);
  else
    out = passed(FirstSeen::complete, settings.lifecycle.merge_after);
  return out ? S::Patience::out : S::Patience::left;
}

S::Declared derive_declared(const Observation& observation, const Situation& situation) {
  const TurnView* last = find_last_agent_turn(observation);
  const bool declared = situation.published == S::Published::nothing && last != nullptr && last->report &&
                        last->report->result == DeclaredResult::nothing_to_do;
  return declared ? S::Declared::nothing_to_do : S::Declared::nothing;
}

} // namespace

Situation derive_situation(const Observation& observation, const RepositorySettings& settings) {
  Situation situation;
  situation.landing = settings.landing.landing;
  situation.last_stage = settings.landing.last_stage;
  situation.auto_merge = settings.landing.auto_merge;
  situation.turn = derive_turn(observation, settings);
  derive_work(observation, settings, situation);

  situation.issue = derive_issue(observation, situation.published);
  situation.person = derive_person(observation, observation.landing);
  situation.lock = observation.lock == Observation::Lock::ours ? S::Lock::ours : S::Lock::foreign;
  situation.arming = observation.arming.arming;
  const OverrunView overrun = derive_overrun(observation, settings, situation.turn);
  situation.overrun = overrun.overrun;
  situation.interrupt = overrun.interrupt;
  situation.question_label = observation.question_label;
  const bool asks = situation.turn == S::Turn::waiting || situation.turn == S::Turn::blocked;
  situation.answer = asks && observation.answer ? S::Answer::trusted : S::Answer::none;
  situation.reach = derive_reach(observation, settings, situation);
  situation.stage = derive_stage(observation, situation);
  situation.budget = derive_reached(observation, settings).empty() ? S::Budget::left : S::Budget::out;
  situation.grace = derive_grace(observation, settings, situation);
  situation.patience = derive_patience(observation, settings, situation);
  situation.declared = derive_declared(observation, situation);
  const bool redispatches = situation.turn == S::Turn::vanished || situation.turn == S::Turn::limit_over;
  situation.gates = redispatches ? observation.redispatch_gates.gates : S::Gates::pass;
  situation.hold = observation.hold.hold;
  return situation;
}

} // namespace afk

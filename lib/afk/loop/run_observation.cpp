#include <afk/loop/run_observation.hpp>

#include <afk/core/agent_activity.hpp>
#include <afk/core/working_hours.hpp>
#include <afk/loop/run_trust.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace afk::loop {

namespace {

HoldVerdict derive_hold(const TickContext& context, const WatchFacts& facts, const RunLook& look) {
  using Hold = Situation::Hold;
  if (facts.kill_switch == TickGate::KillSwitch::on)
    return {Hold::held, "the kill switch is on"};
  if (has_label(look.record.labels, context.config.labels.paused))
    return {Hold::held, fmt::format("the label {} is on", context.config.labels.paused)};
  if (is_open(look.settings.policy.hours, facts.now) == HoursState::closed)
    return {Hold::held, "outside the working hours"};
  const auto is_full = [](const std::optional<int>& cap, std::ptrdiff_t used) { return cap && used >= *cap; };
  const auto& cap = context.config.policy.max_dispatches_per_day;
  if (is_full(cap, std::ssize(facts.dispatched_today)))
    return {Hold::held, fmt::format("the day's {} dispatches are used up", *cap)};
  const RepositoryName& repository = look.record.issue.repository;
  const auto here = std::ranges::count_if(facts.dispatched_today,
                                          [&](const RepositoryName& one) { return same_repository(one, repository); });
  const auto& cap_here = look.settings.policy.max_dispatches_per_day;
  if (is_full(cap_here, here))
    return {Hold::held, fmt::format("the day's {} dispatches in this repository are used up", *cap_here)};
  return {};
}

// What was ordered and never began is left out: the same situation gives the same order under the same name, and the
// executor finishes the start that an earlier tick was killed in.
std::vector<AttemptView> derive_begun(std::vector<AttemptView> attempts) {
  for (AttemptView& attempt : attempts)
    std::erase_if(attempt.turns, [](const TurnView& turn) { return turn.state == TurnState::lost; });
  std::erase_if(attempts,
                [](const AttemptView& attempt) { return attempt.turns.empty() && attempt.attempt.redispatch > 0; });
  return attempts;
}

double derive_cost_of(std::span<const AttemptView> attempts) {
  double cost = 0;
  for (const AttemptView& attempt : attempts)
    cost += derive_cost(attempt.turns);
  return cost;
}

Timestamp derive_asked_at(const Observation& observation) {
  const TurnView* last = find_last_agent_turn(observation);
  if (last != nullptr && last->ended_at)
    return *last->ended_at;
  const auto noted = observation.card.first_seen.find(FirstSeen::question);
  const bool is_noted =
      noted != observation.card.first_seen.end() && observation.card.asked == derive_asked(observation);
  return is_noted ? noted->second : observation.now;
}

} // namespace

Observation observe_run(const TickContext& context, const WatchFacts& facts, const RunLook& look) {
  Observation observation;
  observation.now = facts.now;
  observation.issue_state = look.record.state;
  if (has_label(look.record.labels, context.config.labels.question))
    observation.question_label = Situation::Label::on;
  observation.person_acts = derive_person_acts(look.record, look.history, look.arming, context.config.labels);
  observation.arming = judge_arming(context, look);
  observation.card = look.card;
  // A label that our own account never put on, on an issue without a card, is somebody else's, whatever the executor
  // knows of the issue.
  if (!look.found && has_label(look.record.labels, context.config.labels.in_progress) &&
      derive_own_stamp(look.record, context.config.labels) == OwnStamp::never)
    observation.lock = Observation::Lock::foreign;
  observation.executor = look.evidence;
  observation.executor.attempts = derive_begun(std::move(observation.executor.attempts));
  observation.card.cost_usd = std::max(look.card.cost_usd, derive_cost_of(observation.executor.attempts));
  observation.landing = look.landing;
  observation.forge = look.forge;
  observation.hold = derive_hold(context, facts, look);
  observation.redispatch_gates = facts.redispatch;
  if (!derive_question(observation).empty())
    observation.answer = find_answer(context, look, derive_asked_at(observation));
  return observation;
}

} // namespace afk::loop

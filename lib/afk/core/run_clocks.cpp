#include <afk/core/run_clocks.hpp>

#include <algorithm>
#include <utility>

namespace afk {

namespace {

// A condition that has its clock only while it holds.
void follow(RunCard& card, FirstSeen what, bool seen, Timestamp now) {
  if (seen)
    card.first_seen.try_emplace(what, now);
  else
    card.first_seen.erase(what);
}

void note_run_start(RunCard& card, const Observation& observation) {
  for (const AttemptView& attempt : observation.executor.attempts)
    for (const TurnView& turn : attempt.turns)
      if (turn.started_at && !card.first_seen.contains(FirstSeen::run))
        card.first_seen.emplace(FirstSeen::run, *turn.started_at);
}

// Another question has a time of its own, so that what was said to the one before is no answer to it.
void note_question(RunCard& card, const Observation& observation, const Situation& situation) {
  const bool asks = situation.turn == Situation::Turn::waiting || situation.turn == Situation::Turn::blocked;
  std::string asked = asks ? derive_asked(observation) : "";
  if (card.asked != asked)
    card.first_seen.erase(FirstSeen::question);
  card.asked = std::move(asked);
  follow(card, FirstSeen::question, asks, observation.now);
}

void note_checks(RunCard& card, const Observation& observation, const Situation& situation) {
  using Verdict = Situation::Verdict;
  const std::string& head = observation.landing.work.published.head;
  const bool waits = situation.published != Situation::Published::nothing &&
                     situation.published != Situation::Published::merged &&
                     (situation.verdict == Verdict::missing || situation.verdict == Verdict::pending);
  if (!waits || card.checked_head != head)
    card.first_seen.erase(FirstSeen::checks);
  card.checked_head = waits ? head : "";
  follow(card, FirstSeen::checks, waits, observation.now);
}

} // namespace

Duration derive_elapsed(const RunCard& card, FirstSeen what, Timestamp now) {
  const auto found = card.first_seen.find(what);
  if (found == card.first_seen.end())
    return Duration::zero();
  return std::max(Duration::zero(), now - found->second);
}

RunCard release_hold(RunCard card, Timestamp now) {
  const auto hold = card.first_seen.find(FirstSeen::hold);
  if (hold == card.first_seen.end())
    return card;
  const Timestamp since = hold->second;
  card.first_seen.erase(hold);
  for (auto& [what, moment] : card.first_seen)
    if (what != FirstSeen::base_red &&
        what != FirstSeen::question) // a question's time tells its answers from older ones
      moment = std::min(now, moment + std::max(Duration::zero(), now - std::max(since, moment)));
  return card;
}

RunCard note_look(RunCard card, const Observation& observation, const Situation& situation) {
  using Published = Situation::Published;
  using Turn = Situation::Turn;
  const Timestamp now = observation.now;
  const bool landed = situation.published == Published::merged || situation.published == Published::on_base;
  const bool open = situation.published == Published::draft || situation.published == Published::open;

  note_run_start(card, observation);
  if (situation.local != Situation::Local::none || situation.published != Published::nothing)
    card.first_seen.try_emplace(FirstSeen::commit, now);
  if (situation.verdict == Situation::Verdict::red)
    card.first_seen.try_emplace(FirstSeen::red, now); // the budget counts from the first red of the run
  follow(card, FirstSeen::unreachable, situation.reach != Situation::Reach::everything, now);
  note_question(card, observation, situation);
  const TurnView* last = situation.turn == Turn::limited ? find_last_agent_turn(observation) : nullptr;
  card.parked_until = last == nullptr ? std::nullopt : std::optional(derive_limit_end(*last, now));
  follow(card, FirstSeen::vanished,
         situation.turn == Turn::vanishing || situation.turn == Turn::vanished ||
             situation.turn == Turn::vanished_for_good,
         now);
  follow(card, FirstSeen::base_red,
         situation.base_red == Situation::BaseRed::at_head ||
             situation.base_red == Situation::BaseRed::at_head_too_long,
         now);
  follow(card, FirstSeen::landed, landed, now);
  follow(card, FirstSeen::complete, open && situation.verdict == Situation::Verdict::green, now);
  note_checks(card, observation, situation);
  return card;
}

Clocks derive_clocks(const Action& action) {
  const auto* wait = std::get_if<Wait>(&action);
  if (wait == nullptr)
    return Clocks::running;
  switch (wait->reason) {
  case WaitReason::held:
  case WaitReason::question:
  case WaitReason::usage_limit:
  case WaitReason::base_red:
    return Clocks::standing_still;
  default:
    return Clocks::running;
  }
}

} // namespace afk

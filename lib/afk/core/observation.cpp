#include <afk/core/observation.hpp>

#include <algorithm>

namespace afk {

namespace {

using S = Situation;

bool is_live(const TurnView& turn) {
  return turn.state == TurnState::starting || turn.state == TurnState::running || turn.state == TurnState::waiting;
}

const AttemptView* newest_attempt(const Observation& observation) {
  const auto& attempts = observation.executor.attempts;
  return attempts.empty() ? nullptr : &attempts.back();
}

bool asks_in_report(const TurnView& turn) {
  return turn.report && !turn.report->question.empty();
}

} // namespace

const TurnView* find_last_agent_turn(const Observation& observation) {
  const AttemptView* attempt = newest_attempt(observation);
  if (attempt == nullptr)
    return nullptr;
  const auto last = std::find_if(attempt->turns.rbegin(), attempt->turns.rend(),
                                 [](const TurnView& turn) { return turn.kind != TurnKind::verify; });
  return last == attempt->turns.rend() ? nullptr : &*last;
}

const TurnView* find_live_turn(const Observation& observation) {
  for (const AttemptView& attempt : observation.executor.attempts)
    for (const TurnView& turn : attempt.turns)
      if (is_live(turn))
        return &turn;
  return nullptr;
}

int derive_newest_redispatch(const Observation& observation) {
  const AttemptView* attempt = newest_attempt(observation);
  return attempt == nullptr ? 0 : attempt->attempt.redispatch;
}

std::string derive_question(const Observation& observation) {
  if (const TurnView* live = find_live_turn(observation))
    return live->state == TurnState::waiting ? live->question : "";
  const TurnView* last = find_last_agent_turn(observation);
  const bool asks = last != nullptr && last->state == TurnState::ended && asks_in_report(*last);
  return asks ? last->report->question : "";
}

std::string derive_unreachable_reason(const Observation& observation) {
  if (!observation.executor.problem.empty())
    return observation.executor.problem;
  return observation.landing.problem.empty() ? observation.redispatch_gates.reason : observation.landing.problem;
}

std::vector<std::string> derive_verify_commands(const RepositorySettings& settings) {
  std::vector<std::string> commands;
  if (settings.qa.mode == QaSettings::Mode::commands)
    commands = settings.qa.commands;
  if (settings.check_mode == CheckSettings::Mode::commands)
    commands.insert(commands.end(), settings.checks.commands.begin(), settings.checks.commands.end());
  return commands;
}

HeadVerdict derive_head_verdict(const Observation& observation, const RepositorySettings& settings,
                                std::string_view head) {
  if (derive_verify_commands(settings).empty())
    return {S::Verdict::green, nullptr};
  HeadVerdict verdict;
  int lost = 0;
  for (const AttemptView& attempt : observation.executor.attempts) {
    for (const TurnView& turn : attempt.turns) {
      if (turn.kind != TurnKind::verify || turn.verify_head != head)
        continue;
      if (turn.state == TurnState::ended)
        verdict = {turn.outcome == TurnOutcome::succeeded ? S::Verdict::green : S::Verdict::red, &turn};
      else if (!is_live(turn) && ++lost > settings.lifecycle.redispatch_max)
        verdict = {S::Verdict::red, &turn}; // a gate that keeps vanishing is not a gate that passes
    }
  }
  return verdict;
}

} // namespace afk

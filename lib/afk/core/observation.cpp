#include <afk/core/observation.hpp>

#include <afk/core/language.hpp>

#include <afk/core/check_verdict.hpp>
#include <afk/core/run_clocks.hpp>

#include <fmt/format.h>

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

std::string derive_asked(const Observation& observation) {
  if (const TurnView* live = find_live_turn(observation)) {
    if (live->state != TurnState::waiting)
      return "";
    return live->request.empty() ? live->turn.text : fmt::format("{}:{}", live->turn.text, live->request);
  }
  const TurnView* last = find_last_agent_turn(observation);
  const bool asks = last != nullptr && last->state == TurnState::ended && asks_in_report(*last);
  return asks ? last->turn.text : "";
}

std::string derive_last_step(const Observation& observation) {
  const TurnView* turn = find_live_turn(observation);
  if (turn == nullptr)
    turn = find_last_agent_turn(observation);
  if (turn == nullptr)
    return "";
  if (turn->report && !turn->report->step.empty())
    return turn->report->step;
  return turn->activity ? turn->activity->step : "";
}

Timestamp derive_limit_end(const TurnView& turn, Timestamp now) {
  constexpr Duration unknown_usage_limit = std::chrono::hours(1);
  return turn.limited_until.value_or(turn.ended_at.value_or(now) + unknown_usage_limit);
}

std::string derive_unreachable_reason(const Observation& observation) {
  if (!observation.executor.problem.empty())
    return observation.executor.problem;
  if (!observation.landing.problem.empty())
    return observation.landing.problem;
  const ForgeObservation& forge = observation.forge;
  for (const std::string* problem : {&forge.pull_request.problem, &forge.head.problem, &forge.merge_base.problem,
                                     &forge.base_head.problem, &forge.deployment.problem})
    if (!problem->empty())
      return *problem;
  if (observation.redispatch_gates.reason.empty() && forge.pull_request.value &&
      forge.pull_request.value->mergeability == Mergeability::unknown)
    return "the forge has not computed yet whether the pull request merges";
  return observation.redispatch_gates.reason;
}

std::vector<std::string> derive_verify_commands(const RepositorySettings& settings) {
  std::vector<std::string> commands;
  if (settings.qa.mode == QaSettings::Mode::commands)
    commands = settings.qa.commands;
  if (settings.check_mode == CheckSettings::Mode::commands)
    commands.insert(commands.end(), settings.checks.commands.begin(), settings.checks.commands.end());
  return commands;
}

Result<std::vector<std::string>> derive_gate_commands(const RepositorySettings& settings,
                                                      std::span<const std::string> root_entries) {
  std::vector<std::string> commands = derive_verify_commands(settings);
  if (settings.qa.mode != QaSettings::Mode::automatic)
    return commands;
  std::vector<std::string> found = derive_language_commands(root_entries);
  if (found.empty())
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("qa.mode = \"auto\" recognises no language by the files at the root of {} (it "
                                        "knows {}): write mode = \"commands\" and the commands that check its work, or "
                                        "mode = \"off\"",
                                        render_repository_name(settings.repository), render_known_languages())};
  found.insert(found.end(), commands.begin(), commands.end());
  return found;
}

HeadVerdict derive_head_verdict(const Observation& observation, const RepositorySettings& settings,
                                std::string_view head) {
  if (settings.qa.mode != QaSettings::Mode::automatic && derive_verify_commands(settings).empty())
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

ForgeChecks derive_forge_checks(const RepositorySettings& settings) {
  const bool judge =
      settings.check_mode == CheckSettings::Mode::all || settings.check_mode == CheckSettings::Mode::required;
  return judge ? ForgeChecks::judge : ForgeChecks::not_asked;
}

namespace {

// Jobs that were started again show their old results for a while.
bool is_starting_again(const Observation& observation, const RepositorySettings& settings, const CheckVerdict& checks) {
  const RunCard& card = observation.card;
  const std::string& head = observation.landing.work.published.head;
  const auto since = card.first_seen.find(FirstSeen::rerun);
  if (checks.verdict != S::Verdict::red || since == card.first_seen.end() ||
      std::ranges::find(card.rerun_heads, head) == card.rerun_heads.end())
    return false;
  const bool ended_since = std::ranges::all_of(checks.failed, [&](const CheckResult& check) {
    return check.completed_at && *check.completed_at > since->second;
  });
  return !ended_since && derive_elapsed(card, FirstSeen::rerun, observation.now) < settings.lifecycle.turn_end_grace;
}

PublishedVerdict derive_forge_verdict(const Observation& observation, const RepositorySettings& settings) {
  const ForgeObservation& forge = observation.forge;
  if (forge.head.reach != ForgeReach::known)
    return {};
  const CheckRule rule{settings.check_mode, settings.checks.required};
  CheckVerdict checks = derive_check_verdict(forge.head.value, rule);
  if (is_starting_again(observation, settings, checks))
    return {S::Verdict::pending, nullptr, {}, ""};
  // On the base itself a newer commit that contains this one speaks for it too: its checks may have replaced the older
  // ones before they ended.
  const bool moved_on = observation.landing.work.published.state == PublishedState::on_base &&
                        forge.base_head.reach == ForgeReach::known &&
                        forge.base_head.value.head != forge.head.value.head;
  if (moved_on && derive_check_verdict(forge.base_head.value, rule).verdict == S::Verdict::green)
    return {S::Verdict::green, nullptr, {}, ""};
  return {checks.verdict, nullptr, std::move(checks.failed), ""};
}

PublishedVerdict derive_verdict_of_checks(const Observation& observation, const RepositorySettings& settings) {
  const HeadVerdict gate = derive_head_verdict(observation, settings, observation.landing.work.published.head);
  if (derive_forge_checks(settings) == ForgeChecks::not_asked || gate.verdict == S::Verdict::red)
    return {gate.verdict, gate.turn, {}, ""};
  return derive_forge_verdict(observation, settings);
}

} // namespace

PublishedVerdict derive_published_verdict(const Observation& observation, const RepositorySettings& settings) {
  const auto& deployment = observation.forge.deployment;
  const DeploymentSeen& seen = deployment.value;
  // One of something older that fails says nothing of this run's work.
  const bool is_ours = seen.evidence.revision.empty() || seen.landed_head == DeploymentSeen::Contains::yes;
  if (deployment.reach == ForgeReach::known && seen.evidence.state == DeploymentState::failed && is_ours)
    return {S::Verdict::red, nullptr, {}, seen.evidence.problem};
  PublishedVerdict verdict = derive_verdict_of_checks(observation, settings);
  if (observation.landing.work.published.state == PublishedState::merged && verdict.verdict != S::Verdict::green)
    return {};
  return verdict;
}

} // namespace afk

#include <afk/loop/card_view.hpp>

#include <afk/core/check_verdict.hpp>

namespace afk::loop {

namespace {

CardView derive_common(const TickContext& context, const RepositorySettings& settings, const IssueRef& issue,
                       RunCard card) {
  CardView view;
  view.card = std::move(card);
  view.issue = issue;
  view.labels = context.config.labels;
  view.landing = settings.landing;
  view.attempts_allowed = settings.lifecycle.fix_forward_max_attempts;
  view.budget_usd = settings.lifecycle.budget_usd;
  return view;
}

PhaseInput derive_phase_input(const RunCard& card, const RepositorySettings& settings) {
  PhaseInput input;
  input.state = card.state;
  input.ending = card.ending;
  input.turns_ordered = card.turns.size();
  input.landing = settings.landing;
  input.checks =
      settings.check_mode == CheckSettings::Mode::none ? PhaseInput::Checks::none : PhaseInput::Checks::configured;
  return input;
}

} // namespace

// Shown only once the agent has been quiet for a while, so that the comment does not change with time alone.
std::optional<Timestamp> derive_quiet_since(const RunLook& look, const Observation& observation) {
  const TurnView* live = find_live_turn(observation);
  if (live == nullptr)
    return std::nullopt;
  const auto progress = live->last_progress_at ? live->last_progress_at : live->started_at;
  const Duration quiet_after = look.settings.lifecycle.stall_limit / 2;
  return progress && observation.now - *progress > quiet_after ? progress : std::nullopt;
}

namespace {

std::string derive_waiting_detail(const Observation& observation, WaitReason reason) {
  if (reason == WaitReason::held)
    return observation.hold.reason;
  return reason == WaitReason::unreachable ? derive_unreachable_reason(observation) : "";
}

// Red tests are evident where the checks of a commit that touches nothing but tests failed.
PhaseInput::TestOnlyCommit derive_test_commit(const RunLook& look, const Observation& observation) {
  const auto& seen = observation.forge.test_commit;
  const CheckRule rule{look.settings.check_mode, look.settings.checks.required};
  const bool red =
      seen.reach == ForgeReach::known && derive_check_verdict(seen.value, rule).verdict == Situation::Verdict::red;
  return red ? PhaseInput::TestOnlyCommit::red : PhaseInput::TestOnlyCommit::not_seen;
}

PhaseInput::Deployment derive_deployment(const Situation& situation) {
  const bool seen = situation.last_stage == LastStage::deployed && situation.stage != Situation::Stage::before;
  return seen ? PhaseInput::Deployment::seen : PhaseInput::Deployment::not_seen;
}

void add_work_links(const Observation& observation, CardView& view) {
  const PublishedEvidence& published = observation.landing.work.published;
  const bool by_pull_request = observation.forge.pull_request.value.has_value();
  if (!published.link.empty())
    view.links.push_back({by_pull_request ? "pull request" : "work", published.link});
  const DeploymentEvidence& deployment = observation.forge.deployment.value.evidence;
  if (!deployment.link.empty())
    view.links.push_back({"deployment", deployment.link});
}

} // namespace

CardView derive_card_view(const TickContext& context, const RunLook& look, const Observation& observation,
                          const Situation& situation, const Decision& decision, RunCard card) {
  PhaseInput input = derive_phase_input(card, look.settings);
  input.reported = derive_reported_phase(observation.executor.attempts);
  input.published = situation.published;
  input.verdict = situation.verdict;
  input.test_only_commit = derive_test_commit(look, observation);
  input.deployment = derive_deployment(situation);
  CardView view = derive_common(context, look.settings, look.record.issue, std::move(card));
  view.phases = derive_phases(input);
  if (const auto* wait = std::get_if<Wait>(&decision.action)) {
    view.waiting = wait->reason;
    view.waiting_detail = derive_waiting_detail(observation, wait->reason);
  }
  view.question = derive_question(observation);
  view.step = derive_last_step(observation);
  view.quiet_since = derive_quiet_since(look, observation);
  if (!observation.executor.attempts.empty())
    view.links.push_back({"log", observation.executor.attempts.back().reference});
  add_work_links(observation, view);
  return view;
}

CardView derive_new_card_view(const TickContext& context, const NewRun& run) {
  CardView view = derive_common(context, run.settings, run.issue, run.card);
  view.phases = derive_phases(derive_phase_input(run.card, run.settings));
  if (run.card.state == CardState::running)
    view.waiting = WaitReason::running;
  else
    view.waiting_detail = run.card.refused_answer;
  if (!run.reference.empty())
    view.links.push_back({"log", run.reference});
  return view;
}

} // namespace afk::loop

#include <afk/core/phase.hpp>

#include <algorithm>

namespace afk {

namespace {

using Published = Situation::Published;
using Verdict = Situation::Verdict;

bool is_applicable(Phase phase, const PhaseInput& input) {
  switch (phase) {
  case Phase::checks:
    return input.checks == PhaseInput::Checks::configured;
  case Phase::merged:
    return input.landing.landing == LandingMode::pull_request && input.landing.last_stage != LastStage::review;
  case Phase::deployed:
    return input.landing.last_stage == LastStage::deployed;
  default:
    return true;
  }
}

bool is_verified(const PhaseInput& input) {
  return input.checks == PhaseInput::Checks::configured && input.verdict == Verdict::green;
}

// An issue that a person took back at once has an ended card and no turn.
bool was_started(const PhaseInput& input) {
  const bool before_start = input.state == CardState::dispatch_failing || input.state == CardState::starting;
  return !before_start && input.turns_ordered > 0;
}

bool is_evident(Phase phase, const PhaseInput& input) {
  switch (phase) {
  case Phase::claimed:
    return was_started(input);
  case Phase::tests_red:
    return input.test_only_commit == PhaseInput::TestOnlyCommit::red;
  case Phase::tests_green:
  case Phase::checks:
    return is_verified(input);
  case Phase::pushed:
    return input.published != Published::nothing;
  case Phase::merged:
    return input.published == Published::merged || input.published == Published::on_base;
  case Phase::deployed:
    return input.deployment == PhaseInput::Deployment::seen;
  case Phase::done:
    return input.state == CardState::ended && (input.ending == Ending::done || input.ending == Ending::review);
  }
  return false;
}

// An agent tells its steps in their order: whoever reports green tests has passed red ones, or says so.
bool is_reported(Phase phase, const PhaseInput& input) {
  switch (phase) {
  case Phase::tests_red:
    return input.reported >= ReportedPhase::tests_red;
  case Phase::tests_green:
    return input.reported >= ReportedPhase::tests_green;
  case Phase::pushed:
    return input.reported >= ReportedPhase::pushed;
  default:
    return false;
  }
}

PhaseMark derive_mark(Phase phase, const PhaseInput& input) {
  if (is_evident(phase, input)) {
    return PhaseMark::evident;
  }
  return is_reported(phase, input) ? PhaseMark::reported : PhaseMark::open;
}

} // namespace

std::string_view render_phase(Phase phase) {
  switch (phase) {
  case Phase::claimed:
    return "claimed";
  case Phase::tests_red:
    return "tests-red";
  case Phase::tests_green:
    return "tests-green";
  case Phase::pushed:
    return "pushed";
  case Phase::checks:
    return "checks";
  case Phase::merged:
    return "merged";
  case Phase::deployed:
    return "deployed";
  case Phase::done:
    return "done";
  }
  return "unknown";
}

PhaseView derive_phases(const PhaseInput& input) {
  PhaseView view;
  for (const Phase phase : {Phase::claimed, Phase::tests_red, Phase::tests_green, Phase::pushed, Phase::checks,
                            Phase::merged, Phase::deployed, Phase::done}) {
    if (!is_applicable(phase, input)) {
      continue;
    }
    const PhaseMark mark = derive_mark(phase, input);
    view.boxes.push_back({.phase = phase, .mark = mark});
    if (mark != PhaseMark::open) {
      view.current = phase;
    }
  }
  return view;
}

std::optional<ReportedPhase> derive_reported_phase(std::span<const AttemptView> attempts) {
  std::optional<ReportedPhase> furthest;
  for (const AttemptView& attempt : attempts) {
    for (const TurnView& turn : attempt.turns) {
      if (turn.report) {
        furthest = std::max(furthest, turn.report->phase);
      }
    }
  }
  return furthest;
}

} // namespace afk

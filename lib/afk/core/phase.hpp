#pragma once
// How far a run is, for people: derived from what was seen on each look, never stored.
//
// Each box is ticked on evidence where there is some, and is marked as reported where only the agent says so.

#include <afk/core/agent_report.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/core/landing_plan.hpp>
#include <afk/core/run_card.hpp>
#include <afk/core/situation.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace afk {

enum class Phase : std::uint8_t { claimed, tests_red, tests_green, pushed, checks, merged, deployed, done };

[[nodiscard]] std::string_view render_phase(Phase phase); // "tests-red": stable, used by --json

// `reported`: only the agent says so.
enum class PhaseMark : std::uint8_t { open, reported, evident };

struct PhaseBox {
  Phase phase = Phase::claimed;
  PhaseMark mark = PhaseMark::open;

  friend bool operator==(const PhaseBox&, const PhaseBox&) = default;
};

struct PhaseInput {
  CardState state = CardState::running;
  std::optional<Ending> ending;
  std::size_t turns_ordered = 0; // as the card lists them
  LandingPlan landing;
  std::optional<ReportedPhase> reported; // the furthest that a turn of the run reported
  Situation::Published published = Situation::Published::nothing;
  Situation::Verdict verdict = Situation::Verdict::missing;
  // Without checks a green verdict is an absence of objections and ticks nothing.
  enum class Checks : std::uint8_t { none, configured } checks = Checks::configured;
  // Whether the checks of a commit that holds the tests alone were seen to fail.
  enum class TestOnlyCommit : std::uint8_t { not_seen, red } test_only_commit = TestOnlyCommit::not_seen;
  enum class Deployment : std::uint8_t { not_seen, seen } deployment = Deployment::not_seen;
};

struct PhaseView {
  // In the order of the phases, without those that this run can not reach: `checks` where none are configured, `merged`
  // where nothing is merged or a person does it after the run, `deployed` where nobody waits for it.
  std::vector<PhaseBox> boxes;
  Phase current = Phase::claimed; // the furthest that is ticked

  friend bool operator==(const PhaseView&, const PhaseView&) = default;
};

[[nodiscard]] PhaseView derive_phases(const PhaseInput& input);

// The furthest phase that any turn of these attempts reported.
[[nodiscard]] std::optional<ReportedPhase> derive_reported_phase(std::span<const AttemptView> attempts);

} // namespace afk

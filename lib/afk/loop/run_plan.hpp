#pragma once
// From one look to one plan: observation → situation → decision → steps. Pure but for the boundary of a prompt, which
// is drawn from TickContext::random.

#include <afk/core/action.hpp>
#include <afk/core/derive_situation.hpp>
#include <afk/loop/apply.hpp>
#include <afk/loop/run_look.hpp>
#include <afk/loop/steps.hpp>

#include <optional>
#include <string>
#include <vector>

namespace afk::loop {

// What the whole tick knows and every run's plan needs.
struct WatchFacts {
  Timestamp now; // the tracker's clock
  TickGate::KillSwitch kill_switch = TickGate::KillSwitch::on;
  std::vector<RepositoryName> dispatched_today; // as RunLooks says
  RedispatchVerdict redispatch;                 // of the run at hand, once it was judged
  std::string failure;                          // of the run at hand, once its failed jobs were read
};

// Whether the plan starts the run over, which asks for the poll gates first.
enum class StartsOver : std::uint8_t { no, yes };

struct RunPlan {
  IssueRef issue;
  std::string title;
  Observation observation;
  Decision decision; // row 0: an ending or a parking that the card announces is finished before the table is read
  std::string reason;
  std::string executor;
  RunInFlight run; // with the card as the plan leaves it
  std::optional<TurnName> turn;
  std::vector<Step> steps;
  // Why the action cannot be ordered as things are; there are no steps then, and the card's clock of refusals runs.
  std::optional<Error> refusal;
  // Whether WriteCard would change the comment: most looks leave it as it is.
  enum class CardChange : std::uint8_t { none, changes } card_change = CardChange::none;
};

[[nodiscard]] StartsOver derive_starts_over(const Action& action);

// Fails when an order cannot be derived (a prompt template that is broken); the run is then left as it is.
Result<RunPlan> plan_run(const TickContext& context, const WatchFacts& facts, const RunLook& look);

} // namespace afk::loop

#pragma once
// What the card of a run shows to people, gathered from one look.

#include <afk/core/phase_checklist.hpp>
#include <afk/loop/run_look.hpp>

namespace afk::loop {

[[nodiscard]] CardView derive_card_view(const TickContext& context, const RunLook& look, const Observation& observation,
                                        const Situation& situation, const Decision& decision, RunCard card);

// Of a run that was just dispatched and not looked at yet.
struct NewRun {
  IssueRef issue;
  RunCard card;
  const RepositorySettings& settings;
  std::string reference; // where the executor shows it
};

[[nodiscard]] CardView derive_new_card_view(const TickContext& context, const NewRun& run);

} // namespace afk::loop

#pragma once
// The clocks of a run: when its card first saw something, and how long ago that is. A clock stands still while the run
// may not go on (held, parked, limited, red base): the card notes the hold, and the first look after it moves every
// clock by its length.

#include <afk/core/observation.hpp>

#include <optional>

namespace afk {

// Since the card first saw it; zero where it has not been noted yet, because then it is seen now.
[[nodiscard]] Duration derive_elapsed(const RunCard& card, FirstSeen what, Timestamp now);

// The card as if its hold ended now: the other clocks moved by the hold's length, the hold gone. The clock of the red
// base runs on, because a red base is what it waits for.
[[nodiscard]] RunCard release_hold(RunCard card, Timestamp now);

// The card with this look noted: clocks started where something is seen for the first time, stopped where it is gone.
[[nodiscard]] RunCard note_look(RunCard card, const Observation& observation, const Situation& situation);

// Whether an action is a wait under which the run's clocks stand still.
enum class Clocks : std::uint8_t { running, standing_still };
[[nodiscard]] Clocks derive_clocks(const Action& action);

} // namespace afk

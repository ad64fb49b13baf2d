#pragma once
// The parts of a run card that stand in lists, as text of the machine line: parts separated by commas, each in the
// alphabet of card_encoding.hpp. run_card.cpp reads and writes them, run_card_limits.cpp measures them.
//
// try_x answers nothing for every text that render_x does not write.

#include <afk/core/run_card.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace afk {

[[nodiscard]] std::string_view render_card_state(CardState state);
[[nodiscard]] std::optional<CardState> try_card_state(std::string_view text);

[[nodiscard]] std::string_view render_first_seen(FirstSeen clock);
[[nodiscard]] std::optional<FirstSeen> try_first_seen(std::string_view text);

// Milliseconds since 1970, in decimal.
[[nodiscard]] std::string render_card_moment(Timestamp moment);
[[nodiscard]] std::optional<Timestamp> try_card_moment(std::string_view text);

// Decimal without a plus sign or leading zeros.
[[nodiscard]] std::optional<std::int64_t> try_card_number(std::string_view text);

[[nodiscard]] std::string render_card_turn(const CardTurn& turn);
[[nodiscard]] std::optional<CardTurn> try_card_turn(std::string_view text);

[[nodiscard]] std::string render_card_interrupt(const CardInterrupt& interrupt);
[[nodiscard]] std::optional<CardInterrupt> try_card_interrupt(std::string_view text);

[[nodiscard]] std::string render_card_doorbell(const CardDoorbell& doorbell);
[[nodiscard]] std::optional<CardDoorbell> try_card_doorbell(std::string_view text);

[[nodiscard]] std::string render_card_label_change(const CardLabelChange& change);
[[nodiscard]] std::optional<CardLabelChange> try_card_label_change(std::string_view text);

} // namespace afk

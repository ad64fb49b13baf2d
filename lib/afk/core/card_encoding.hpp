#pragma once
// The alphabet of the run card's machine line: any bytes as characters that can neither end an HTML comment, nor be
// read as a separator of the line, nor be acted on or hidden by whoever shows the comment. run_card.cpp is the only
// caller.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

// Letters, digits and . _ : / + stay, a hyphen too unless it follows another one; every other byte becomes %XX. So
// there is no "--", no quote, blank, comma, semicolon or equals sign in the answer, and it is ASCII.
[[nodiscard]] std::string encode_card_text(std::string_view bytes);

// Exactly what encode_card_text writes; nothing for every other spelling, so that each value has one form.
[[nodiscard]] std::optional<std::string> try_decode_card_text(std::string_view text);

// The parts between separators; an empty text has none.
[[nodiscard]] std::vector<std::string_view> split_card_list(std::string_view text, char separator);

} // namespace afk

#pragma once
// UTF-8 read and written one code point at a time. Text from outside is repaired once, where it comes in; everything
// that walks over text uses decode_code_point, which never reads past the end and always moves on.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace afk {

inline constexpr char32_t replacement_character = 0xFFFD;

enum class Encoding : std::uint8_t { valid, invalid };

struct DecodedCodePoint {
  char32_t code_point = replacement_character;
  std::size_t length = 1; // bytes that it takes, 1 to 4; for an invalid sequence its longest legal beginning
  Encoding encoding = Encoding::invalid;
};

// Overlong forms, surrogates and values above U+10FFFF are invalid. `position` must lie inside the text.
[[nodiscard]] DecodedCodePoint decode_code_point(std::string_view text, std::size_t position);

// Surrogates and values above U+10FFFF are written as U+FFFD.
void append_code_point(std::string& text, char32_t code_point);

[[nodiscard]] bool is_valid_utf8(std::string_view text);

// The same text with each invalid sequence replaced by U+FFFD.
[[nodiscard]] std::string repair_utf8(std::string_view text);

struct Truncation {
  std::size_t max_bytes = 0;
  std::string_view note; // stands where the text was cut; counted in max_bytes
};

// At most max_bytes: the whole text, or a beginning that ends with a whole code point and the note. A note that is
// longer than max_bytes is left out.
[[nodiscard]] std::string truncate_text(std::string_view text, const Truncation& truncation);

} // namespace afk

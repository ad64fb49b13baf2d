#include <afk/core/check.hpp>
#include <afk/core/utf8.hpp>

namespace afk {

namespace {

struct Lead {
  std::size_t length = 0; // 0: no legal first byte
  unsigned char lowest_second = 0x80;
  unsigned char highest_second = 0xBF;
  char32_t bits = 0;
};

// The Unicode standard, table 3-7: the range of the second byte rules out overlong forms, surrogates and what lies
// above U+10FFFF.
Lead read_lead(unsigned char byte) {
  if (byte < 0x80) {
    return {.length = 1, .bits = byte};
  }
  if (byte >= 0xC2 && byte <= 0xDF) {
    return {.length = 2, .bits = byte & 0x1FU};
  }
  if (byte >= 0xE0 && byte <= 0xEF) {
    return {.length = 3,
            .lowest_second = static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
            .highest_second = static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF),
            .bits = byte & 0x0FU};
  }
  if (byte >= 0xF0 && byte <= 0xF4) {
    return {.length = 4,
            .lowest_second = static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
            .highest_second = static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF),
            .bits = byte & 0x07U};
  }
  return {};
}

char byte_of(char32_t value) {
  return static_cast<char>(static_cast<unsigned char>(value));
}

} // namespace

DecodedCodePoint decode_code_point(std::string_view text, std::size_t position) {
  check(position < text.size(), "a code point is read inside the text");
  const Lead lead = read_lead(static_cast<unsigned char>(text[position]));
  if (lead.length == 0) {
    return {};
  }
  char32_t code_point = lead.bits;
  for (std::size_t offset = 1; offset < lead.length; ++offset) {
    if (position + offset >= text.size()) {
      return {.length = offset};
    }
    const auto byte = static_cast<unsigned char>(text[position + offset]);
    const unsigned char lowest = offset == 1 ? lead.lowest_second : 0x80;
    const unsigned char highest = offset == 1 ? lead.highest_second : 0xBF;
    if (byte < lowest || byte > highest) {
      return {.length = offset};
    }
    code_point = (code_point << 6U) | (byte & 0x3FU);
  }
  return {.code_point = code_point, .length = lead.length, .encoding = Encoding::valid};
}

void append_code_point(std::string& text, char32_t code_point) {
  const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  const char32_t value = is_surrogate || code_point > 0x10FFFF ? replacement_character : code_point;
  if (value < 0x80) {
    text.push_back(byte_of(value));
  } else if (value < 0x800) {
    text.push_back(byte_of(0xC0U | (value >> 6U)));
    text.push_back(byte_of(0x80U | (value & 0x3FU)));
  } else if (value < 0x10000) {
    text.push_back(byte_of(0xE0U | (value >> 12U)));
    text.push_back(byte_of(0x80U | ((value >> 6U) & 0x3FU)));
    text.push_back(byte_of(0x80U | (value & 0x3FU)));
  } else {
    text.push_back(byte_of(0xF0U | (value >> 18U)));
    text.push_back(byte_of(0x80U | ((value >> 12U) & 0x3FU)));
    text.push_back(byte_of(0x80U | ((value >> 6U) & 0x3FU)));
    text.push_back(byte_of(0x80U | (value & 0x3FU)));
  }
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    const DecodedCodePoint decoded = decode_code_point(text, position);
    if (decoded.encoding == Encoding::invalid) {
      return false;
    }
    position += decoded.length;
  }
  return true;
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const DecodedCodePoint decoded = decode_code_point(text, position);
    if (decoded.encoding == Encoding::valid) {
      repaired.append(text.substr(position, decoded.length));
    } else {
      append_code_point(repaired, replacement_character);
    }
    position += decoded.length;
  }
  return repaired;
}

std::string truncate_text(std::string_view text, const Truncation& truncation) {
  if (text.size() <= truncation.max_bytes) {
    return std::string(text);
  }
  const std::string_view note = truncation.note.size() <= truncation.max_bytes ? truncation.note : std::string_view{};
  std::size_t kept = truncation.max_bytes - note.size();
  // A code point has at most three bytes after its first.
  for (int steps = 0; steps < 3 && kept > 0 && (static_cast<unsigned char>(text[kept]) & 0xC0U) == 0x80U; ++steps) {
    --kept;
  }
  return std::string(text.substr(0, kept)) + std::string(note);
}

} // namespace afk

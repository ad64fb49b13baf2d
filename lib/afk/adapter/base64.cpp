#include <afk/adapter/base64.hpp>

#include <algorithm>
#include <cstdint>

namespace afk::adapter {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t six_bits = 0x3F;

Error malformed() {
  return {.kind = ErrorKind::malformed, .message = "this is not base64"};
}

} // namespace

std::string render_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t index = 0; index < 3; ++index) {
      group = (group << 8U) | (index < count ? static_cast<unsigned char>(bytes[at + index]) : 0U);
    }
    for (std::size_t index = 0; index < 4; ++index) {
      text += index <= count ? alphabet[(group >> (6U * (3U - index))) & six_bits] : '=';
    }
  }
  return text;
}

Result<std::string> parse_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  std::size_t count = 0;
  std::size_t padding = 0;
  for (const char character : text) {
    if (character == '\n' || character == '\r') {
      continue;
    }
    const std::size_t value = alphabet.find(character);
    if (character == '=' ? (count % 4 < 2 || ++padding > 2) : (value == std::string_view::npos || padding > 0)) {
      return malformed();
    }
    group = (group << 6U) | (character == '=' ? 0U : static_cast<std::uint32_t>(value));
    if (++count % 4 == 0) {
      for (std::size_t index = 0; index < 3 - padding; ++index) {
        bytes += static_cast<char>((group >> (8U * (2U - index))) & 0xFFU);
      }
      group = 0;
    }
  }
  if (count % 4 != 0) {
    return malformed();
  }
  return bytes;
}

} // namespace afk::adapter

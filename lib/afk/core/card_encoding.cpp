#include <afk/core/card_encoding.hpp>

namespace afk {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool stays(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         std::string_view("._:/+").contains(byte);
}

} // namespace

std::string encode_card_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char byte : bytes) {
    if (stays(byte) || (byte == '-' && !text.ends_with('-'))) {
      text.push_back(byte);
      continue;
    }
    const auto value = static_cast<unsigned char>(byte);
    text.push_back('%');
    text.push_back(hex_digits[value >> 4U]);
    text.push_back(hex_digits[value & 0x0FU]);
  }
  return text;
}

std::optional<std::string> try_decode_card_text(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t position = 0; position < text.size(); ++position) {
    if (text[position] != '%') {
      bytes.push_back(text[position]);
      continue;
    }
    const std::size_t high = position + 1 < text.size() ? hex_digits.find(text[position + 1]) : std::string_view::npos;
    const std::size_t low = position + 2 < text.size() ? hex_digits.find(text[position + 2]) : std::string_view::npos;
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    bytes.push_back(static_cast<char>(high * 16 + low));
    position += 2;
  }
  if (encode_card_text(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

std::vector<std::string_view> split_card_list(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) {
    return parts;
  }
  std::size_t start = 0;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator, start)) {
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

} // namespace afk

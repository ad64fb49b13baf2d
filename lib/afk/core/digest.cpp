#include <afk/core/check.hpp>
#include <afk/core/digest.hpp>

namespace afk {

namespace {

constexpr std::string_view hex_alphabet = "0123456789abcdef";
constexpr std::string_view base32_alphabet = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 section 6, lower case
constexpr std::size_t whole_base32_length = 52;                                  // 256 bits, the last 4 of 260 zero

} // namespace

std::string render_hex(const Sha256& digest) {
  std::string text;
  text.reserve(digest.size() * 2);
  for (const std::byte value : digest) {
    text.push_back(hex_alphabet[std::to_integer<std::size_t>(value >> 4U)]);
    text.push_back(hex_alphabet[std::to_integer<std::size_t>(value & std::byte{0x0F})]);
  }
  return text;
}

std::string render_base32(const Sha256& digest, std::size_t count) {
  check(count <= whole_base32_length, "a SHA-256 has 52 base32 characters");
  std::string text;
  text.reserve(count);
  std::size_t window = 0;
  unsigned bits = 0;
  std::size_t next = 0;
  while (text.size() < count) {
    if (bits < 5) {
      const auto value = next < digest.size() ? std::to_integer<std::size_t>(digest[next]) : 0;
      ++next;
      window = (window << 8U) | value;
      bits += 8;
    }
    bits -= 5;
    text.push_back(base32_alphabet[(window >> bits) & 31U]);
    window &= (std::size_t{1} << bits) - 1;
  }
  return text;
}

} // namespace afk

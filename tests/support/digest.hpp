#pragma once
// A second SHA-256 and HMAC, written from FIPS 180-4 and RFC 2104: suites of `core` need a digest without the library
// that adapter/crypto.cpp calls, and that file is tested against this one.

#include <afk/core/digest.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace afk::test {

namespace detail {

// The first 32 bits of the fractional part of the square or cube roots of the first primes, as the standard defines
// them, so that no table can be mistyped.
template <std::size_t Count, typename Root>
std::array<std::uint32_t, Count> fractions_of_primes(Root root) {
  std::array<std::uint32_t, Count> words{};
  std::size_t found = 0;
  for (unsigned candidate = 2; found < Count; ++candidate) {
    bool is_prime = true;
    for (unsigned divisor = 2; divisor * divisor <= candidate; ++divisor) {
      is_prime = is_prime && candidate % divisor != 0;
    }
    if (is_prime) {
      const long double value = root(static_cast<long double>(candidate));
      words[found++] = static_cast<std::uint32_t>((value - std::floor(value)) * 4294967296.0L);
    }
  }
  return words;
}

inline void compress(std::array<std::uint32_t, 8>& state, std::string_view block) {
  static const auto constants = fractions_of_primes<64>([](long double prime) { return std::cbrt(prime); });
  std::array<std::uint32_t, 64> schedule{};
  for (std::size_t index = 0; index < 16; ++index) {
    for (std::size_t byte = 0; byte < 4; ++byte) {
      schedule[index] = (schedule[index] << 8U) | static_cast<unsigned char>(block[index * 4 + byte]);
    }
  }
  for (std::size_t index = 16; index < 64; ++index) {
    const std::uint32_t early = schedule[index - 15];
    const std::uint32_t late = schedule[index - 2];
    schedule[index] = schedule[index - 16] + (std::rotr(early, 7) ^ std::rotr(early, 18) ^ (early >> 3U)) +
                      schedule[index - 7] + (std::rotr(late, 17) ^ std::rotr(late, 19) ^ (late >> 10U));
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t index = 0; index < 64; ++index) {
    const std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) +
                                constants[index] + schedule[index];
    const std::uint32_t second =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
  for (std::size_t index = 0; index < 8; ++index) {
    state[index] += added[index];
  }
}

} // namespace detail

inline Sha256 sha256(std::string_view bytes) {
  auto state = detail::fractions_of_primes<8>([](long double prime) { return std::sqrt(prime); });
  std::string padded(bytes);
  padded.push_back('\x80');
  while (padded.size() % 64 != 56) {
    padded.push_back('\0');
  }
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    padded.push_back(static_cast<char>((bits >> (shift - 8)) & 0xFFU));
  }
  for (std::size_t start = 0; start < padded.size(); start += 64) {
    detail::compress(state, std::string_view(padded).substr(start, 64));
  }
  Sha256 digest{};
  for (std::size_t index = 0; index < digest.size(); ++index) {
    digest[index] = static_cast<std::byte>((state[index / 4] >> (24 - 8 * (index % 4))) & 0xFFU);
  }
  return digest;
}

inline Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  const auto as_text = [](const Sha256& digest) {
    std::string text;
    for (const std::byte value : digest) {
      text.push_back(static_cast<char>(value));
    }
    return text;
  };
  std::string block = key.size() > 64 ? as_text(sha256(key)) : std::string(key);
  block.resize(64, '\0');
  std::string inner;
  std::string outer;
  for (const char value : block) {
    inner.push_back(static_cast<char>(value ^ 0x36));
    outer.push_back(static_cast<char>(value ^ 0x5C));
  }
  return sha256(outer + as_text(sha256(inner + std::string(bytes))));
}

inline Digest make_reference_digest() {
  return Digest{.sha256 = sha256, .hmac_sha256 = hmac_sha256};
}

} // namespace afk::test

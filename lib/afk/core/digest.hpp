#pragma once
// SHA-256 and HMAC-SHA-256 as functions that are handed in: the library that computes them lives in adapter/crypto.cpp.

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace afk {

using Sha256 = std::array<std::byte, 32>;

struct Digest {
  std::function<Sha256(std::string_view bytes)> sha256;
  std::function<Sha256(std::string_view key, std::string_view bytes)> hmac_sha256;
};

[[nodiscard]] std::string render_hex(const Sha256& digest);                       // 64 lower-case characters
[[nodiscard]] std::string render_base32(const Sha256& digest, std::size_t count); // lower case, RFC 4648 alphabet

} // namespace afk

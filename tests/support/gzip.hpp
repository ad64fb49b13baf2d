#pragma once
// gzip streams by hand (RFC 1951 and 1952), right ones and bombs, without a library.

#include <cstddef>
#include <string>
#include <string_view>

namespace afk::test {

// The bytes as they are in a gzip stream.
[[nodiscard]] std::string gzip_stored(std::string_view bytes);

// A stream of about size/1000 bytes that unpacks to at least `size` times the same byte; the sum at its end is wrong,
// which only somebody who unpacked all of it can see.
[[nodiscard]] std::string gzip_bomb(std::size_t size);

} // namespace afk::test

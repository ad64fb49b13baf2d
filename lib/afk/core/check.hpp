#pragma once
// The assertion of programmer errors: states that no input can reach. Input is answered with an Error instead.

#include <source_location>
#include <string_view>

namespace afk {

// Writes "file:line: check failed: message" to standard error and aborts, so that a wrong program stops before it acts.
[[noreturn]] void fail_check(std::string_view message, std::source_location where);

inline void check(bool condition, std::string_view message,
                  std::source_location where = std::source_location::current()) {
  if (!condition) [[unlikely]] {
    fail_check(message, where);
  }
}

} // namespace afk

#pragma once
// What went wrong, as a value: for people first, for the program second.
//
// A message says what failed, where, and what to do next. It never carries a secret, and text from outside is cleaned
// (see text.hpp) by whoever puts it in.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace afk {

// The kinds differ in what a caller may do about them, not in where they come from.
enum class ErrorKind : std::uint8_t {
  usage,         // a wrong flag or argument: exit code 2, nothing done
  configuration, // a wrong or contradictory configuration: exit code 2, nothing done
  unreachable,   // no answer, timeout, connection refused: transient, tried again on the next tick
  rate_limited,  // the service asks to wait; retry_after says how long where it told
  unauthorized,  // the credential is missing, wrong or expired
  forbidden,     // the credential is valid but may not do this
  not_found,     // what was named does not exist (where absence is not a normal answer)
  conflict,      // somebody else changed it first: look again
  malformed,     // an answer, a file or a card that does not follow its format
  too_large,     // a limit on size, depth or count was passed
  refused,       // the other side understood and said no: permanent until somebody changes something
  io,            // the local file system or a local process failed
  interrupted,   // a signal or the tick's deadline ended the step before it was done
  internal,      // a programmer error that was caught at the edge
};

[[nodiscard]] std::string_view render_error_kind(ErrorKind kind);

// Who can do something about it: shown beside the message.
enum class ErrorAudience : std::uint8_t { operator_of_afk, author_of_issue };

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  std::optional<int> http_status = std::nullopt;
  ErrorAudience audience = ErrorAudience::operator_of_afk;

  // Transient errors are tried again on the next tick; the others need a person or a change.
  [[nodiscard]] bool is_transient() const;

  friend bool operator==(const Error&, const Error&) = default;
};

// The same error with "<context>: " in front of its message.
[[nodiscard]] Error with_context(std::string_view context, Error error);

} // namespace afk

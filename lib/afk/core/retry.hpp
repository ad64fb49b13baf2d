#pragma once
// Whether a request that failed is sent again inside the same tick: a pure table; http/retry.cpp sleeps and sends.
//
//   error                         read                write
//   rate limited                  again               again (it was refused, not done)
//   unreachable, never left       again               again
//   unreachable, may have arrived again               give up: read back what became of it
//   everything else               give up             give up
//
// "Again" only while attempts are left and the answer could still be seen before the deadline.

#include <afk/core/error.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <variant>

namespace afk {

struct RetryPolicy {
  int max_attempts = 3;
  Duration first_delay = std::chrono::milliseconds(500); // doubled for each further attempt
  Duration longest_delay = std::chrono::seconds(20);     // of the doubling; a server may ask for more
  Duration time_to_answer = std::chrono::seconds(5);     // that must be left behind the delay
};

struct FailedRequest {
  enum class Effect : std::uint8_t { read, write };
  enum class Sent : std::uint8_t { never_left, may_have_arrived };

  int attempt = 1; // of the request that failed; the first is 1
  Error error;     // its retry_after is a floor for the delay
  Effect effect = Effect::write;
  Sent sent = Sent::may_have_arrived;
  Duration deadline_left{};
  double jitter = 0; // in [0,1): where between half of the delay and the whole of it
};

struct RetryAfter {
  Duration delay{};
  friend bool operator==(const RetryAfter&, const RetryAfter&) = default;
};

enum class GiveUp : std::uint8_t {
  permanent,       // the same request would fail again
  ambiguous_write, // it may have been done: read back, never re-send
  attempts_used,
  deadline, // the answer would come too late
};

using RetryDecision = std::variant<RetryAfter, GiveUp>;

[[nodiscard]] RetryDecision decide_retry(const FailedRequest& request, const RetryPolicy& policy);

} // namespace afk

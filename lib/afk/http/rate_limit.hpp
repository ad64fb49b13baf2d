#pragma once
// What services say about how much may still be asked, and when it is time to stop asking.
//
//   GitHub  x-ratelimit-{limit,remaining,reset,resource}; reset is in seconds since 1970
//           (docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api)
//   IETF    ratelimit: "name";r=50;t=30 and ratelimit-policy: "name";q=100;w=60; t is in seconds from the answer
//           (draft-ietf-httpapi-ratelimit-headers; the edge of codeberg.org sends it)
//   all     retry-after: seconds or a date (RFC 9110, 10.2.3)
//
// Nothing here is believed further than it makes sense: what does not parse, is negative or contradicts itself is
// absent, and no wait is longer than a day.

#include <afk/core/time.hpp>
#include <afk/http/message.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace afk::http {

struct RateLimit {
  std::string resource; // "core", "graphql", the name of a policy; empty where the service does not say
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining; // at most `limit` where both are known
  std::optional<Timestamp> reset;        // by this machine's clock, at most a day ahead
  std::optional<std::chrono::seconds> retry_after;

  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

// `now` is this machine's clock when the answer came. Where the answer has a Date, what the service says about time is
// shifted by the difference, so that a clock that is wrong by an hour waits no hour more.
// Of several IETF policies the one with the least left.
[[nodiscard]] RateLimit parse_rate_limit(const Response& response, Timestamp now);

struct RateDemand {
  std::string who;          // for the message: "github.com"
  std::int64_t needed = 1;  // requests or points, whatever the limit counts
  std::int64_t reserve = 0; // left for people; of a small limit at most half is kept
  Timestamp now;
};

// Absent where `needed` may be spent without touching the reserve, and where nothing is known or the time of the reset
// is over. Else `rate_limited` with the time of the reset in its message and in retry_after.
[[nodiscard]] std::optional<Error> check_rate_limit(const RateLimit& known, const RateDemand& demand);

// derive_status_error (status.hpp), and a rate limit that comes as 403 is told apart from a refusal: by Retry-After, by
// nothing remaining, or by its text (GitHub's secondary limits). It is `rate_limited` with the time to wait: what the
// service asked for, else until the reset, else a minute.
[[nodiscard]] std::optional<Error> derive_answer_error(const Response& response, std::string_view who, Timestamp now);

} // namespace afk::http

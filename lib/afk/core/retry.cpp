#include <afk/core/retry.hpp>

#include <algorithm>
#include <cstdint>

namespace afk {

namespace {

constexpr std::chrono::seconds longest_retry_after =
    std::chrono::hours(24 * 365); // keeps milliseconds from overflowing

enum class Repeat : std::uint8_t { possible, useless, ambiguous };

Repeat judge(const FailedRequest& request) {
  if (request.error.kind == ErrorKind::rate_limited) {
    return Repeat::possible;
  }
  if (request.error.kind != ErrorKind::unreachable) {
    return Repeat::useless;
  }
  const bool is_harmless =
      request.effect == FailedRequest::Effect::read || request.sent == FailedRequest::Sent::never_left;
  return is_harmless ? Repeat::possible : Repeat::ambiguous;
}

Duration derive_backoff(const FailedRequest& request, const RetryPolicy& policy) {
  Duration whole = policy.first_delay;
  for (int attempt = 1; attempt < request.attempt && whole < policy.longest_delay; ++attempt) {
    whole *= 2;
  }
  whole = std::min(whole, policy.longest_delay);
  const double share = 0.5 + 0.5 * std::clamp(request.jitter, 0.0, 1.0);
  return Duration(static_cast<std::int64_t>(static_cast<double>(whole.count()) * share));
}

} // namespace

RetryDecision decide_retry(const FailedRequest& request, const RetryPolicy& policy) {
  switch (judge(request)) {
  case Repeat::useless:
    return GiveUp::permanent;
  case Repeat::ambiguous:
    return GiveUp::ambiguous_write;
  case Repeat::possible:
    break;
  }
  if (request.attempt >= policy.max_attempts) {
    return GiveUp::attempts_used;
  }
  const Duration floor = std::min(request.error.retry_after.value_or(std::chrono::seconds(0)), longest_retry_after);
  const Duration delay = std::max(derive_backoff(request, policy), floor);
  if (delay + policy.time_to_answer > request.deadline_left) {
    return GiveUp::deadline;
  }
  return RetryAfter{.delay = delay};
}

} // namespace afk

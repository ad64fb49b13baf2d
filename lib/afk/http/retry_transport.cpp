#include <afk/http/retry_transport.hpp>

#include <afk/http/rate_limit.hpp>
#include <afk/http/subset.hpp>

#include <algorithm>
#include <variant>

namespace afk::http {
namespace {

// One request that is to be sent again.
struct Pending {
  std::size_t place = 0;
  int attempt = 1; // that failed
  Duration due{};  // monotonic
};

// The kind of the failure and what the server asked for; absent for an answer that stands.
std::optional<Error> find_failure(const Result<Response>& result, Timestamp now) {
  return result.ok() ? derive_answer_error(*result, "", now) : std::optional(result.error());
}

} // namespace

std::optional<Duration> RetryTransport::derive_delay(const Request& request, const Result<Response>& result,
                                                     int attempt) {
  if (derive_effect(request) != Effect::read) {
    return std::nullopt;
  }
  const auto failure = find_failure(result, parts_.clock.now());
  if (!failure || failure->kind == ErrorKind::rate_limited) {
    return std::nullopt;
  }
  RetryPolicy policy = policy_;
  policy.time_to_answer = std::min(policy.time_to_answer, parts_.deadline.longest_request());
  const auto decision = decide_retry({.attempt = attempt,
                                      .error = *failure,
                                      .effect = FailedRequest::Effect::read,
                                      .deadline_left = parts_.deadline.left(),
                                      .jitter = parts_.random.unit()},
                                     policy);
  const auto* again = std::get_if<RetryAfter>(&decision);
  return again == nullptr ? std::nullopt : std::optional(again->delay);
}

std::vector<Result<Response>> RetryTransport::exchange(std::span<const Request> requests) {
  auto results = parts_.inner.exchange(requests);
  std::vector<Pending> pending;
  const auto judge = [&](std::size_t place, int attempt) {
    if (const auto delay = derive_delay(requests[place], results[place], attempt)) {
      pending.push_back({.place = place, .attempt = attempt, .due = parts_.clock.monotonic() + *delay});
    }
  };
  for (std::size_t place = 0; place < requests.size(); ++place) {
    judge(place, 1);
  }
  while (!pending.empty()) {
    // What is due within a moment of each other goes together; who asked for more time gets it without the others.
    const Duration first = std::ranges::min(pending, {}, &Pending::due).due;
    const auto later =
        std::ranges::partition(pending, [&](const Pending& one) { return one.due <= first + policy_.first_delay; });
    const std::vector<Pending> wave(pending.begin(), later.begin());
    pending.erase(pending.begin(), later.begin());
    const Duration due = std::ranges::max(wave, {}, &Pending::due).due;
    if (const Duration wait = due - parts_.clock.monotonic(); wait > Duration::zero()) {
      parts_.clock.sleep_for(wait);
    }
    if (parts_.clock.monotonic() < due) { // asked to stop
      break;
    }
    Subset again;
    for (const Pending& one : wave) {
      again.add(requests[one.place], one.place);
    }
    again.exchange(parts_.inner, results);
    for (const Pending& one : wave) {
      judge(one.place, one.attempt + 1);
    }
  }
  return results;
}

} // namespace afk::http

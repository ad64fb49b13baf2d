#include <afk/core/retry.hpp>
#include <support/catch.hpp>

#include <limits>
#include <string>

using namespace afk;
using namespace std::chrono_literals;

namespace {

using Effect = FailedRequest::Effect;
using Sent = FailedRequest::Sent;

FailedRequest a_failed_read() {
  return {.attempt = 1,
          .error = {.kind = ErrorKind::unreachable, .message = "connection reset"},
          .effect = Effect::read,
          .sent = Sent::may_have_arrived,
          .deadline_left = 60s,
          .jitter = 0};
}

} // namespace

TEST_CASE("Only what can not do harm is sent again") {
  struct Case {
    ErrorKind kind;
    RetryDecision read;
    RetryDecision write_that_left;
    RetryDecision write_that_stayed;
  };

  const RetryDecision again = RetryAfter{.delay = 250ms};
  const RetryDecision useless = GiveUp::permanent;
  const auto test = GENERATE_COPY(values<Case>({
      {ErrorKind::usage, useless, useless, useless},
      {ErrorKind::configuration, useless, useless, useless},
      {ErrorKind::unreachable, again, GiveUp::ambiguous_write, again},
      {ErrorKind::rate_limited, again, again, again},
      {ErrorKind::unauthorized, useless, useless, useless},
      {ErrorKind::forbidden, useless, useless, useless},
      {ErrorKind::not_found, useless, useless, useless},
      {ErrorKind::conflict, useless, useless, useless},
      {ErrorKind::malformed, useless, useless, useless},
      {ErrorKind::too_large, useless, useless, useless},
      {ErrorKind::refused, useless, useless, useless},
      {ErrorKind::io, useless, useless, useless},
      {ErrorKind::interrupted, useless, useless, useless},
      {ErrorKind::internal, useless, useless, useless},
  }));
  FailedRequest request = a_failed_read();
  request.error.kind = test.kind;
  CAPTURE(render_error_kind(test.kind));
  CHECK((decide_retry(request, {}) == test.read));
  request.effect = Effect::write;
  CHECK((decide_retry(request, {}) == test.write_that_left));
  request.sent = Sent::never_left;
  CHECK((decide_retry(request, {}) == test.write_that_stayed));
}

TEST_CASE("Delays double, carry jitter and respect what the server asks for") {
  struct Case {
    std::string name;
    int attempt;
    double jitter;
    std::optional<std::chrono::seconds> retry_after;
    Duration expected;
  };

  const auto test = GENERATE(values<Case>({
      {"first, least jitter", 1, 0.0, std::nullopt, 500ms},
      {"first, half", 1, 0.5, std::nullopt, 750ms},
      {"second", 2, 0.0, std::nullopt, 1s},
      {"third", 3, 0.0, std::nullopt, 2s},
      {"longest", 9, 0.0, std::nullopt, 4s},
      {"far beyond the longest", 99, 0.5, std::nullopt, 6s},
      {"jitter beyond its range", 1, 7.0, std::nullopt, 1s},
      {"jitter below its range", 1, -7.0, std::nullopt, 500ms},
      {"floor below the delay", 9, 0.0, 1s, 4s},
      {"floor above the delay", 1, 0.9, 30s, 30s},
      {"floor above the longest delay", 9, 0.9, 40s, 40s},
      {"floor of nothing", 1, 0.0, 0s, 500ms},
      {"floor in the past", 1, 0.0, -5s, 500ms},
  }));
  DYNAMIC_SECTION(test.name) {
    FailedRequest request = a_failed_read();
    request.attempt = test.attempt;
    request.jitter = test.jitter;
    request.error.retry_after = test.retry_after;
    const RetryPolicy policy{.max_attempts = 100, .first_delay = 1s, .longest_delay = 8s, .time_to_answer = 5s};
    CHECK((decide_retry(request, policy) == RetryDecision(RetryAfter{.delay = test.expected})));
  }
}

TEST_CASE("Attempts and the deadline end it") {
  FailedRequest request = a_failed_read();
  const RetryPolicy policy{.max_attempts = 3, .first_delay = 1s, .longest_delay = 8s, .time_to_answer = 5s};
  SECTION("attempts") {
    request.attempt = 2;
    CHECK(std::holds_alternative<RetryAfter>(decide_retry(request, policy)));
    request.attempt = 3;
    CHECK((decide_retry(request, policy) == RetryDecision(GiveUp::attempts_used)));
  }
  SECTION("an answer that just fits") {
    request.deadline_left = 5500ms;
    CHECK(std::holds_alternative<RetryAfter>(decide_retry(request, policy)));
    request.deadline_left = 5499ms;
    CHECK((decide_retry(request, policy) == RetryDecision(GiveUp::deadline)));
    request.deadline_left = -1s;
    CHECK((decide_retry(request, policy) == RetryDecision(GiveUp::deadline)));
  }
  SECTION("a server that asks for an hour, or for ever") {
    request.error.kind = ErrorKind::rate_limited;
    request.error.retry_after = GENERATE(values<std::chrono::seconds>({3600s, std::chrono::seconds::max()}));
    CHECK((decide_retry(request, policy) == RetryDecision(GiveUp::deadline)));
  }
  SECTION("the worst that comes from outside is told first") {
    request.effect = Effect::write;
    request.attempt = 3;
    request.deadline_left = 0s;
    CHECK((decide_retry(request, policy) == RetryDecision(GiveUp::ambiguous_write)));
  }
}

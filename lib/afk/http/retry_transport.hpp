#pragma once
// Sends reads again that found nobody, by the table of core/retry.hpp: no answer, 408, 425 and 5xx, with jitter, what
// the server asks for in Retry-After as a floor, and never past the tick's deadline. What a rate limit refused is not
// sent again here: the answer stands, and its sender knows what else was to be asked. Writes are sent once.

#include <afk/core/retry.hpp>
#include <afk/http/tick_deadline.hpp>
#include <afk/http/transport.hpp>
#include <afk/port/clock.hpp>

namespace afk::http {

class RetryTransport final : public Transport {
 public:
  struct Parts { // all outlive the transport
    Transport& inner;
    Clock& clock;
    Random& random;
    const TickDeadline& deadline;
  };

  explicit RetryTransport(const Parts& parts, RetryPolicy policy = {}) : parts_(parts), policy_(policy) {}

  // The last answer or error of each. When the process is asked to stop, nothing is sent again.
  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

 private:
  [[nodiscard]] std::optional<Duration> derive_delay(const Request& request, const Result<Response>& result,
                                                     int attempt);

  Parts parts_;
  RetryPolicy policy_;
};

} // namespace afk::http

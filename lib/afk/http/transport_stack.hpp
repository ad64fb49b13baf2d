#pragma once
// The transport as adapters get it. From the outside in: writes are paced, reads are sent again, redirects are
// followed, the tick's deadline is kept, everything that leaves is counted.

#include <afk/http/counting_transport.hpp>
#include <afk/http/deadline_transport.hpp>
#include <afk/http/paced_transport.hpp>
#include <afk/http/redirect_transport.hpp>
#include <afk/http/retry_transport.hpp>

namespace afk::http {

struct StackSettings {
  Duration tick_deadline = std::chrono::seconds(90);
  std::optional<int> requests_per_tick; // absent: no limit of its own
  RetryPolicy retry;
};

class TransportStack final : public Transport {
 public:
  struct Parts { // all outlive the stack
    Transport& inner;
    Clock& clock;
    Random& random;
  };

  TransportStack(const Parts& parts, const StackSettings& settings);
  TransportStack(const TransportStack&) = delete;
  TransportStack& operator=(const TransportStack&) = delete;

  // As the transports that it is made of.
  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

  void start_tick();
  void rest();

  [[nodiscard]] const CountingTransport& counts() const { return counting_; }

 private:
  TickDeadline deadline_;
  CountingTransport counting_;
  DeadlineTransport timely_;
  RedirectTransport redirects_;
  RetryTransport retries_;
  PacedTransport paced_;
};

} // namespace afk::http

#pragma once
// Keeps requests inside the tick: a read gets at most a third of it, a write what its sender asked for, and both at
// most what is left. Nothing starts once the deadline has passed, and no write with too little time left to see its
// answer.

#include <afk/http/tick_deadline.hpp>
#include <afk/http/transport.hpp>

namespace afk::http {

// What a write with this much time left before the deadline gets: absent means that it is not to be started.
struct TimeFrame {
  Duration left{};                                   // of the tick
  Duration longest_request{};                        // of it, for reads
  Duration time_to_answer = std::chrono::seconds(5); // that a write must have; never more than longest_request
};

[[nodiscard]] std::optional<Duration> derive_time(const Request& request, const TimeFrame& frame);

class DeadlineTransport final : public Transport {
 public:
  // Both outlive it.
  DeadlineTransport(Transport& inner, const TickDeadline& deadline) : inner_(inner), deadline_(deadline) {}

  // A request that is not started is `interrupted`.
  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

 private:
  Transport& inner_;
  const TickDeadline& deadline_;
};

} // namespace afk::http

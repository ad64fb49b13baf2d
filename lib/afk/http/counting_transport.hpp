#pragma once
// Counts what really goes over the network: speed is a design property, so every report says what a tick cost, and a
// tick that asks more than it may is stopped here, even against a server that sends it in circles.

#include <afk/http/transport.hpp>

#include <map>
#include <optional>
#include <string>

namespace afk::http {

class CountingTransport final : public Transport {
 public:
  // `inner` outlives it. `most_per_tick` requests are let through between two calls of start_tick.
  explicit CountingTransport(Transport& inner, std::optional<int> most_per_tick = std::nullopt)
      : inner_(inner), most_per_tick_(most_per_tick) {}

  // A request beyond the limit is `interrupted`.
  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

  void start_tick() { this_tick_ = 0; }

  // Since the beginning, redirects and repetitions included.
  [[nodiscard]] const std::map<std::string, int>& by_host() const { return by_host_; }

  // Exchanges that had to wait for each other: what a tick's time is made of.
  [[nodiscard]] int round_trips() const { return round_trips_; }

 private:
  Transport& inner_;
  std::optional<int> most_per_tick_;
  int this_tick_ = 0;
  int round_trips_ = 0;
  std::map<std::string, int> by_host_;
};

} // namespace afk::http

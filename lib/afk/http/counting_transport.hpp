#pragma once
// Counts the requests of a tick by host: speed is a design property, so every report says what it cost.

#include <afk/http/transport.hpp>

#include <map>
#include <string>

namespace afk::http {

class CountingTransport final : public Transport {
 public:
  // `inner` outlives it.
  explicit CountingTransport(Transport& inner) : inner_(inner) {}

  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

  [[nodiscard]] const std::map<std::string, int>& by_host() const { return by_host_; }

 private:
  Transport& inner_;
  std::map<std::string, int> by_host_;
};

} // namespace afk::http

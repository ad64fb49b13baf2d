#pragma once
// Keeps a distance between writes that create content (Effect::creates_content) at one origin: at least a second from
// the answer to one until the next, as GitHub asks for ("Best practices for using the REST API", secondary rate
// limits). Everything else of an exchange travels at once.

#include <afk/http/transport.hpp>
#include <afk/port/clock.hpp>

#include <map>

namespace afk::http {

class PacedTransport final : public Transport {
 public:
  // Both outlive it.
  PacedTransport(Transport& inner, Clock& clock) : inner_(inner), clock_(clock) {}

  // Writes whose turn had not come when the process was asked to stop are `interrupted`.
  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

 private:
  [[nodiscard]] Duration derive_due(const Origin& origin) const;

  Transport& inner_;
  Clock& clock_;
  std::map<Origin, Duration> answered_; // the last such write, monotonic
};

} // namespace afk::http

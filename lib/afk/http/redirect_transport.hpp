#pragma once
// Follows redirects by the table of redirect.hpp, at most three for one request; a fourth is `refused`. Redirects of
// one exchange are followed together. Response::moved_to says where the answer came from.

#include <afk/http/transport.hpp>

namespace afk::http {

class RedirectTransport final : public Transport {
 public:
  // `inner` outlives it.
  explicit RedirectTransport(Transport& inner) : inner_(inner) {}

  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

 private:
  Transport& inner_;
};

} // namespace afk::http

#include <afk/http/counting_transport.hpp>

namespace afk::http {

std::vector<Result<Response>> CountingTransport::exchange(std::span<const Request> requests) {
  for (const Request& request : requests) {
    ++by_host_[request.url.origin.host];
  }
  return inner_.exchange(requests);
}

} // namespace afk::http

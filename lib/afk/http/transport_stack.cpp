#include <afk/http/transport_stack.hpp>

namespace afk::http {

TransportStack::TransportStack(const Parts& parts, const StackSettings& settings)
    : deadline_(parts.clock, settings.tick_deadline), counting_(parts.inner, settings.requests_per_tick),
      timely_(counting_, deadline_), redirects_(timely_),
      retries_({.inner = redirects_, .clock = parts.clock, .random = parts.random, .deadline = deadline_},
               settings.retry),
      paced_(retries_, parts.clock) {}

std::vector<Result<Response>> TransportStack::exchange(std::span<const Request> requests) {
  return paced_.exchange(requests);
}

void TransportStack::start_tick() {
  deadline_.start();
  counting_.start_tick();
}

void TransportStack::rest() {
  deadline_.rest();
}

} // namespace afk::http

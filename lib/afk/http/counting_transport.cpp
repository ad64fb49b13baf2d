#include <afk/http/counting_transport.hpp>

#include <afk/http/subset.hpp>

#include <fmt/format.h>

namespace afk::http {

std::vector<Result<Response>> CountingTransport::exchange(std::span<const Request> requests) {
  auto results = make_unsent(requests.size());
  Subset allowed;
  for (std::size_t place = 0; place < requests.size(); ++place) {
    const Origin& origin = requests[place].url.origin;
    if (most_per_tick_ && this_tick_ >= *most_per_tick_) {
      results[place] = Error{.kind = ErrorKind::interrupted,
                             .message = fmt::format("{}: not sent, the {} requests of this tick (limits."
                                                    "requests_per_tick) are used up",
                                                    render_origin(origin), *most_per_tick_)};
      continue;
    }
    ++this_tick_;
    ++by_host_[origin.host];
    allowed.add(requests[place], place);
  }
  if (!allowed.requests.empty()) {
    ++round_trips_;
  }
  allowed.exchange(inner_, results);
  return results;
}

} // namespace afk::http

#include <afk/http/deadline_transport.hpp>

#include <afk/http/subset.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::http {

std::optional<Duration> derive_time(const Request& request, const TimeFrame& frame) {
  const bool is_read = derive_effect(request) == Effect::read;
  const Duration least = is_read ? Duration(1) : std::min(frame.time_to_answer, frame.longest_request);
  if (frame.left < least) {
    return std::nullopt;
  }
  const Duration most = is_read ? std::min(frame.longest_request, frame.left) : frame.left;
  return std::min(request.limits.total, most);
}

std::vector<Result<Response>> DeadlineTransport::exchange(std::span<const Request> requests) {
  const TimeFrame frame{.left = deadline_.left(), .longest_request = deadline_.longest_request()};
  auto results = make_unsent(requests.size());
  Subset timely;
  for (std::size_t index = 0; index < requests.size(); ++index) {
    if (const auto time = derive_time(requests[index], frame)) {
      timely.add(requests[index], index);
      timely.requests.back().limits.total = *time;
    } else {
      results[index] = Error{.kind = ErrorKind::interrupted,
                             .message = fmt::format("{}: not sent, the tick's deadline is too near",
                                                    render_origin(requests[index].url.origin))};
    }
  }
  timely.exchange(inner_, results);
  return results;
}

} // namespace afk::http

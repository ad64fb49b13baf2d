#include <afk/http/paced_transport.hpp>

#include <afk/http/subset.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace afk::http {
namespace {

constexpr Duration distance = std::chrono::seconds(1);

} // namespace

Duration PacedTransport::derive_due(const Origin& origin) const {
  const auto last = answered_.find(origin);
  return last == answered_.end() ? clock_.monotonic() : last->second + distance;
}

std::vector<Result<Response>> PacedTransport::exchange(std::span<const Request> requests) {
  auto results = make_unsent(requests.size());
  Subset now;
  std::vector<std::size_t> paced;
  for (std::size_t place = 0; place < requests.size(); ++place) {
    if (derive_effect(requests[place]) == Effect::creates_content) {
      paced.push_back(place);
    } else {
      now.add(requests[place], place);
    }
  }
  while (true) {
    // The first of each origin whose time has come goes with this round.
    std::vector<std::size_t> later;
    std::set<Origin> sent;
    for (const std::size_t place : paced) {
      const Origin& origin = requests[place].url.origin;
      if (!sent.contains(origin) && derive_due(origin) <= clock_.monotonic()) {
        sent.insert(origin);
        now.add(requests[place], place);
      } else {
        later.push_back(place);
      }
    }
    now.exchange(inner_, results);
    for (const Origin& origin : sent) {
      answered_[origin] = clock_.monotonic();
    }
    if (later.empty()) {
      return results;
    }
    const std::size_t next =
        std::ranges::min(later, {}, [&](std::size_t place) { return derive_due(requests[place].url.origin); });
    const Duration due = derive_due(requests[next].url.origin);
    if (const Duration wait = due - clock_.monotonic(); wait > Duration::zero()) {
      clock_.sleep_for(wait);
    }
    if (clock_.monotonic() < due) { // asked to stop
      return results;
    }
    paced = std::move(later);
    now = {};
  }
}

} // namespace afk::http

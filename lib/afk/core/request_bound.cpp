#include <afk/core/request_bound.hpp>

#include <algorithm>

namespace afk {

int derive_request_bound(const Config& config) {
  constexpr std::int64_t of_a_tick = 200;
  constexpr std::int64_t of_a_repository = 40;
  constexpr std::int64_t of_a_run = 100;
  constexpr std::int64_t most = 1'000'000;
  if (config.limits.requests_per_tick) {
    return *config.limits.requests_per_tick;
  }
  const auto repositories = static_cast<std::int64_t>(config.allowlist.size());
  const std::int64_t bound =
      of_a_tick + of_a_repository * repositories + of_a_run * std::int64_t{config.policy.max_in_flight};
  return static_cast<int>(std::min(bound, most));
}

} // namespace afk

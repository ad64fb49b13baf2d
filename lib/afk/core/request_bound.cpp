#include <afk/core/request_bound.hpp>

#include <algorithm>
#include <cstdint>

namespace afk {

namespace {

constexpr std::int64_t of_every_tick = 500;
constexpr std::int64_t of_each_repository = 50;
constexpr std::int64_t of_each_run = 200;
constexpr std::int64_t most = 1'000'000;

} // namespace

int derive_request_bound(const Config& config) {
  if (config.limits.requests_per_tick) {
    return *config.limits.requests_per_tick;
  }
  const auto repositories = static_cast<std::int64_t>(config.allowlist.size());
  const std::int64_t bound =
      of_every_tick + of_each_repository * repositories + of_each_run * std::int64_t{config.policy.max_in_flight};
  return static_cast<int>(std::min(bound, most));
}

} // namespace afk

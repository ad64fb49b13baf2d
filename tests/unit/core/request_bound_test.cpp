#include <afk/core/request_bound.hpp>

#include <support/catch.hpp>

#include <limits>

namespace afk {
namespace {

TEST_CASE("every tick has a bound on its requests", "[request_bound]") {
  Config config;
  config.policy.max_in_flight = 4;
  CHECK(derive_request_bound(config) == 1300);
  config.allowlist.resize(10);
  CHECK(derive_request_bound(config) == 1800);
  config.policy.max_in_flight = 1;
  CHECK(derive_request_bound(config) == 1200);
  config.policy.max_in_flight = std::numeric_limits<int>::max();
  CHECK(derive_request_bound(config) == 1'000'000);
  config.limits.requests_per_tick = 7;
  CHECK(derive_request_bound(config) == 7);
}

} // namespace
} // namespace afk

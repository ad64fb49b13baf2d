#include <support/catch.hpp>

#include <afk/core/request_bound.hpp>

using namespace afk;

TEST_CASE("the published bound on a tick's requests follows from repositories and runs") {
  Config config;
  CHECK(derive_request_bound(config) == 600);
  config.allowlist.resize(10);
  CHECK(derive_request_bound(config) == 1000);
  config.policy.max_in_flight = 20;
  CHECK(derive_request_bound(config) == 2600);
  config.allowlist.resize(100'000);
  CHECK(derive_request_bound(config) == 1'000'000);
  config.limits.requests_per_tick = 7;
  CHECK(derive_request_bound(config) == 7);
}

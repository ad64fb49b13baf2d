#include <afk/core/longest_run.hpp>

#include <support/catch.hpp>

namespace afk::test {

TEST_CASE("a run waits no longer than its clocks together, in the most patient repository") {
  Config config;
  config.lifecycle.run_limit = std::chrono::hours(1);
  config.lifecycle.merge_after = std::chrono::hours(20);
  config.lifecycle.deploy_after = std::chrono::hours(3);
  CHECK(derive_longest_run(config) == std::chrono::hours(24));
  config.repositories.emplace_back().lifecycle = config.lifecycle;
  config.repositories.back().lifecycle.merge_after = std::chrono::hours(40 * 24);
  CHECK(derive_longest_run(config) == std::chrono::hours((40 * 24) + 4));
}

} // namespace afk::test

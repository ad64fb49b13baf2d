// The names at the root of what would land.
#include "landing_world.hpp"

#include <support/catch.hpp>

namespace afk::test {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("the root of the candidate is that of its commit, not of the work tree", "[landing]") {
  const auto world = LandingWorld::prepared();
  CHECK(world->evidence().root_entries.empty()); // nothing to land
  world->clone().commit("src/main.go", "1");
  world->clone().commit("line\nfeed \x1b[2J", "1");
  put_file(world->clone() / "go.mod", "planted after the commit");
  CHECK(world->evidence().root_entries == Strings{"README", "line\nfeed \x1b[2J", "src"});
}

TEST_CASE("what the base has got meanwhile is at the candidate's root too", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  world->origin.commit("Cargo.toml", "2");
  CHECK(world->evidence().root_entries == Strings{"Cargo.toml", "README", "a"});
}

} // namespace
} // namespace afk::test

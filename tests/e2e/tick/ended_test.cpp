// What people do to an issue whose run is over is theirs: no later tick undoes it.

#include <e2e/support/world.hpp>
#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <string>

namespace {

using namespace afk::test;

bool is_closed(const std::string& file) {
  return get_file(file).find("state = \"closed\"") != std::string::npos;
}

void land(const World& world, const std::string& file) {
  const auto gate = world.open_gate();
  for (int tick = 0; tick < 12 && !is_closed(file); ++tick) {
    REQUIRE(world.afk({"tick"}).exit_code == 0);
    world.wait_until_idle();
  }
  REQUIRE(is_closed(file));
}

} // namespace

TEST_CASE("an issue that a person opens and arms again is not closed by the run that is over") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = World::create(folder / "world");
  const std::string file = world.tracker() + "/acme/one/1.md";
  land(world, file);

  const std::string text =
      "+++\ntitle = \"Again\"\nlabels = [\"needs-info\", \"ready-for-agent\"]\n+++\n\nOnce more.\n";
  put_file(file, text);
  REQUIRE(world.afk({"watch"}).exit_code == 0);
  const std::string after = get_file(file);
  CAPTURE(after);
  CHECK_FALSE(is_closed(file));
  CHECK(after.find("needs-info") != std::string::npos);
  CHECK(after.find("ready-for-agent") != std::string::npos);
  CHECK(after.find("ready-for-human") == std::string::npos);
}

// Two ticks at once, held against each other at every step of a dispatch and running freely: never two agents of one
// arming, and one run, one turn, one card.

#include <e2e/races/race.hpp>
#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <cstdlib>
#include <iostream>
#include <map>

namespace {

using namespace afk::test;

int count_free_pairs() {
  return std::getenv("AFK_LONG") != nullptr ? 200 : 20;
}

// A world whose kill switch is a file, so that reading it is a call that can be held.
World create_world(const TemporaryFolder& folder) {
  World world = World::create(folder / "world");
  std::string text = get_file(world.configuration());
  const std::string before = "kill_switch = false\n";
  text.replace(text.find(before), before.size(), before + "kill_switch_file = \"" + world.root() + "/switch\"\n");
  put_file(world.configuration(), text);
  put_file(world.root() + "/switch", "off\n");
  world.save(folder / "saved");
  return world;
}

} // namespace

TEST_CASE("two ticks that are held against each other start one agent") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = create_world(folder);
  std::map<std::string, int> both_created;
  int pairs = 0;
  int met = 0;
  for (const DispatchStep& first : dispatch_steps()) {
    for (const DispatchStep& second : dispatch_steps()) {
      const RaceOutcome outcome = race_held(world, folder / "saved", {&first, &second});
      INFO(first.name << ", then " << second.name);
      CHECK(outcome.wrong == "");
      ++pairs;
      met += outcome.both_arrived ? 1 : 0;
      both_created[first.name] += outcome.both_created ? 1 : 0;
    }
  }
  std::cout << pairs << " pairs held, " << met << " of them both at their steps at once\n";
  for (const DispatchStep& step : dispatch_steps()) {
    std::cout << "held before " << step.name << ": " << both_created[step.name] << " pairs both reached create\n";
    CHECK(both_created[step.name] > 0);
  }
  CHECK(met >= 5);
}

TEST_CASE("two ticks that run freely start one agent") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = create_world(folder);
  const int pairs = count_free_pairs();
  int both_created = 0;
  for (int pair = 0; pair < pairs; ++pair) {
    const int head_start = pair * 7919 % 30'000;
    const RaceOutcome outcome = race_freely(world, folder / "saved", head_start);
    INFO("pair " << pair);
    CHECK(outcome.wrong == "");
    both_created += outcome.both_created ? 1 : 0;
  }
  std::cout << pairs << " pairs ran freely, " << both_created << " of them both reached create\n";
  CHECK(both_created > 0);
}

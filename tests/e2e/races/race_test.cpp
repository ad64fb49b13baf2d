// Two ticks at once, held against each other at every step of a dispatch and running freely: never two agents of one
// arming, and one run, one turn, one card.

#include <e2e/races/race.hpp>
#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <cstdlib>
#include <iostream>
#include <map>

#include <unistd.h>

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

TEST_CASE("the judge of races sees two agents of one arming") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = World::create(folder / "world");
  const auto start_agent = [&](const std::string& run) {
    return start_child([&] {
      const std::string script = world.root() + "/agent.sh";
      ::setenv("AFK_RUN", run.c_str(), 1);
      ::setenv("AFK_TURN", "first-a-0", 1);
      return ::chdir((world.root() + "/repositories/one").c_str()) == 0
                 ? ::execl(script.c_str(), script.c_str(), nullptr)
                 : 1;
    });
  };
  const auto wait_for_starts = [&](int starts) {
    for (int look = 0; look < 1000 && world.starts()["first-a-0"] < starts; ++look)
      ::usleep(10'000);
    ::usleep(100'000); // from the log to the lock
  };
  const pid_t one = start_agent("afk-a");
  wait_for_starts(1);
  CHECK_FALSE(world.saw_two_alive());
  const pid_t redispatched = start_agent("afk-a-r1"); // another attempt of the same arming
  wait_for_starts(2);
  CHECK(world.saw_two_alive());
  CHECK(world.starts()["first-a-0"] == 2);
  const auto gate = world.open_gate();
  static_cast<void>(wait_for_child(one));
  static_cast<void>(wait_for_child(redispatched));
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

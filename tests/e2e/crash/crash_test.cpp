// Kill a tick or a supervisor anywhere: clean ticks make the world what it would have been.

#include <e2e/crash/crash_sweep.hpp>
#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace {

using namespace afk::test;

constexpr std::size_t quick_cases = 170;
constexpr int fewest_cases = 150;

// Evenly over all of them; everything when AFK_LONG is set.
std::vector<CrashCase> choose_cases(const std::vector<CrashCase>& all) {
  if (std::getenv("AFK_LONG") != nullptr || all.size() <= quick_cases)
    return all;
  std::vector<CrashCase> chosen;
  for (std::size_t one = 0; one < quick_cases; ++one)
    chosen.push_back(all[one * all.size() / quick_cases]);
  return chosen;
}

struct Share {
  std::size_t worker = 0;
  std::size_t workers = 1;
};

// Each worker has a world of its own, because worlds know their paths.
int work(const std::string& root, Share share) {
  const std::string place = root + "/" + std::to_string(share.worker);
  SweepCount count;
  try {
    const World world = World::create(place + "/world");
    const Story story = tell_story(world, place + "/saved");
    count_found(story, count);
    const auto cases = choose_cases(list_cases(story));
    for (std::size_t one = share.worker; one < cases.size(); one += share.workers)
      run_case(world, story, cases[one], count);
  } catch (const std::exception& problem) {
    count.failures.emplace_back(problem.what());
  }
  save_count(count, place + "/count.json");
  return 0;
}

SweepCount sweep() {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const std::size_t workers = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  std::vector<pid_t> children;
  for (std::size_t worker = 0; worker < workers; ++worker)
    children.push_back(start_child([&, worker] { return work(folder.path(), {worker, workers}); }));
  SweepCount sum;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    const int code = wait_for_child(children[worker]);
    if (code == 0)
      add(sum, load_count(folder / std::to_string(worker) + "/count.json"));
    else
      sum.failures.push_back("a worker left with " + std::to_string(code));
  }
  return sum;
}

} // namespace

TEST_CASE("ticks and supervisors that are killed anywhere are made good by two clean ticks") {
  const SweepCount count = sweep();
  print_count(count, std::cout);
  for (const std::string& failure : count.failures)
    std::cout << "NOT EQUAL: " << failure << '\n';
  int cases = 0;
  int equal = 0;
  for (const auto& [name, run] : count.cases)
    cases += run;
  for (const auto& [name, good] : count.equal)
    equal += good;
  CHECK(count.failures.empty());
  CHECK(cases >= fewest_cases);
  CHECK(equal == cases);
  CHECK(count.not_reached * 20 <= cases);
  CHECK(count.turns > cases);
  CHECK(count.most_starts == 1);
  CHECK(count.two_alive == 0);
}

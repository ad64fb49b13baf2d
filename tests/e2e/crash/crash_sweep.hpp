#pragma once
// A story's ticks, killed at every call that has an effect, just before it and just after it: the tick itself or a
// supervisor that it starts. What comes after are clean ticks, and then the world is compared with the story's.

#include <e2e/crash/story.hpp>

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace afk::test {

struct CrashCase {
  std::size_t moment = 0; // of the story
  TracedProgram::Target target = TracedProgram::Target::program;
  Kill kill;
};

// Every case of the story, in its order.
[[nodiscard]] std::vector<CrashCase> list_cases(const Story& story);

struct SweepCount {
  std::map<std::string, int> found;  // calls of the story, by "poll tick: write"
  std::map<std::string, int> cases;  // by "poll tick"
  std::map<std::string, int> equal;  // the same
  int not_reached = 0;               // the program ended before it came to the call
  int failed_ticks = 0;              // clean ticks that reported a failure; what they left counts, not what they said
  std::map<int, int> ticks;          // clean ticks until the world was the story's, and how often
  int turns = 0;                     // turns whose agents were started, in all cases
  int most_starts = 0;               // of one turn
  int two_alive = 0;                 // cases in which two agents of an arming were alive together
  std::vector<std::string> failures; // a description each
};

void count_found(const Story& story, SweepCount& count);
void run_case(const World& world, const Story& story, const CrashCase& one, SweepCount& count);

void add(SweepCount& sum, const SweepCount& part);

// For the way from a worker to the test, and for people.
void save_count(const SweepCount& count, const std::string& file);
[[nodiscard]] SweepCount load_count(const std::string& file);
void print_count(const SweepCount& count, std::ostream& out);

} // namespace afk::test

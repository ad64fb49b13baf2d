#pragma once
// The undisturbed story of a world: what every tick of it finds and what it leaves, kept so that a test can go back to
// any tick of it.
//
//   poll     three runs are dispatched; then the agents are let go
//   watch 1  orders the checks of one and two, parks three
//   watch 2  pushes the work of one and two
//   watch 3  ends the runs of one and two

#include <e2e/support/world.hpp>
#include <support/tracer.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::test {

using Snapshot = std::map<std::string, Files>;

inline constexpr int clean_ticks = 2; // until everything is as it would have been

struct Moment {
  std::string name;    // "poll", "watch 1"
  std::string command; // of the program
  std::string before;  // the saved world that the tick finds
  Snapshot after;      // what it leaves, once everything that it started is over

  // After a poll the agents wait until the clean ticks are over, too: a clean tick, a watch and a poll, would go on
  // with the story. A watch tick finds them done.
  enum class Agents { waiting, released } agents = Agents::released;

  std::vector<TracedCall> calls;            // of the tick
  std::vector<TracedCall> supervisor_calls; // of the first supervisor that it starts; empty: it starts none
};

struct Story {
  std::vector<Moment> moments;
  Snapshot outcome; // at the end
  Snapshot end;
};

// Plays the story in `world` and keeps its worlds below `saved_root`. Throws where a tick fails.
[[nodiscard]] Story tell_story(const World& world, const std::string& saved_root);

// A tick of the world under the tracer. A supervisor is followed to its end, so the gate is opened once the tick is
// over.
[[nodiscard]] Traced trace_tick(const World& world, const std::string& command, TracedProgram::Target target,
                                std::optional<Kill> kill = std::nullopt);

} // namespace afk::test

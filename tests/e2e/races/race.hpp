#pragma once
// Two polls of one world at the same time: free-running, or held before chosen steps of their dispatch until both are
// there.

#include <e2e/support/world.hpp>
#include <support/tracer.hpp>

#include <array>
#include <optional>
#include <string>

namespace afk::test {

// A step of the dispatch, told by the call that it begins with.
struct DispatchStep {
  std::string name;
  std::string call;
  std::string path;   // its beginning
  int occurrence = 1; // which of the calls of that kind
};

// kill switch read, create, turn, label, card: in the order of a dispatch.
[[nodiscard]] const std::vector<DispatchStep>& dispatch_steps();

struct Race {
  // Where each of the two is held until the other one is held, too, or cannot come there any more. Then the first one
  // goes on, and the second one after it.
  const DispatchStep* first = nullptr;
  const DispatchStep* second = nullptr;
};

struct RaceOutcome {
  bool both_arrived = false; // each at its step while the other one was at its own
  bool both_created = false; // both came to "create the run if it is absent"
  std::string wrong;         // what must not be; "" when all is well
};

// Of issue 1 of acme/one, in a world that was restored from `saved`.
[[nodiscard]] RaceOutcome race_held(const World& world, const std::string& saved, const Race& race);

// `head_start`: microseconds between the two.
[[nodiscard]] RaceOutcome race_freely(const World& world, const std::string& saved, int head_start);

} // namespace afk::test

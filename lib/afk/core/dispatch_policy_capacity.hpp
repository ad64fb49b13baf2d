#pragma once
// The gates of dispatch_policy.hpp that depend on what else the tick chooses: slots, in-flight, agent-load, per-day and
// per-tick, in this order. For dispatch_policy.cpp alone.

#include <afk/core/dispatch_policy_gates.hpp>

#include <map>
#include <string>
#include <vector>

namespace afk {

// What the tick has chosen so far; the rest of what is used up stands in the input.
struct Chosen {
  struct Count {
    int runs = 0;       // dispatched, or parked runs that take a slot again
    int dispatches = 0; // the first of them
  };

  Count everywhere;
  std::map<const RepositoryInput*, Count> repositories;
  std::map<std::string, int> agents;
};

// A candidate's own run never counts against it.
[[nodiscard]] std::vector<GateVerdict> judge_capacity(const GateContext& context, const Chosen& chosen);

// Whether one of the gates refuses that several repositories share: then these take turns.
enum class SharedCap : std::uint8_t { has_room, binds };
[[nodiscard]] SharedCap derive_shared_cap(const GateContext& context, const Chosen& chosen);

} // namespace afk

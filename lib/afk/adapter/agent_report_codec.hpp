#pragma once
// The file in which an agent reports, as bytes: one JSON object with the optional keys
//   "result"   "done" | "nothing-to-do" | "blocked"
//   "question" what only a person can answer; goes with "blocked"
//   "phase"    "working" | "tests-red" | "tests-green" | "pushed"
//   "step"     one line: what the agent is doing
//   "cost_usd" a number: what this turn has cost so far
// null is like an absent key, and unknown keys are ignored with a note, so that a report of a newer agent is still
// read.

#include <afk/core/agent_report.hpp>

#include <cstddef>
#include <string_view>

namespace afk::adapter {

inline constexpr std::size_t longest_agent_report = 64 * 1024; // bytes
inline constexpr std::size_t deepest_agent_report = 16;        // objects and arrays inside each other

// Fails with `too_large` past the two bounds; with `malformed` on anything that is not one strict JSON object (a second
// value, a duplicate key at any depth, invalid UTF-8), on a value of the wrong type, and where derive_agent_report
// refuses the values.
Result<AgentReport> parse_agent_report(std::string_view bytes);

} // namespace afk::adapter

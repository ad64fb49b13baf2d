#pragma once
// turns/<turn>/activity.json: what a supervisor has read in its agent's output so far, for the ticks. Schema 1.
// parse_x(render_x(v)) == v.

#include <afk/core/attempt_view.hpp>
#include <afk/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace afk::adapter {

inline constexpr std::size_t longest_activity = 64 * 1024; // bytes

[[nodiscard]] std::string render_agent_activity(const AgentActivity& activity);

// Fails with `malformed`. The texts are cleaned and bounded again: without a sandbox the agent may have written them.
Result<AgentActivity> parse_agent_activity(std::string_view bytes);

} // namespace afk::adapter

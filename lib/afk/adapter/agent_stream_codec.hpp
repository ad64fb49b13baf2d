#pragma once
// The structured output of the known agents, one line at a time. Hostile: what an agent's tools print may stand in it,
// and whoever works beside the agent may write to its output.
//
//   claude-stream  claude -p --output-format stream-json --verbose (claude-code 2.1.329): system/init, assistant, user,
//                  rate_limit_event, result. Costs: model_usage_since_last_result, else total_cost_usd, which goes on
//                  counting when a session is resumed.
//   codex-jsonl    codex exec --json (0.169.0): thread.started, turn.started, item.started, item.completed,
//                  turn.completed, turn.failed, error. Tokens alone, and they go on counting when a thread is resumed.
//   gemini-stream  gemini -o stream-json (gemini-cli 0.61.0): init, message, tool_use, tool_result, result. Tokens of
//                  this process alone.

#include <afk/core/agent_output.hpp>
#include <afk/core/attempt_view.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace afk::adapter {

inline constexpr std::size_t longest_agent_message = 4000; // bytes; a longer one is cut
inline constexpr int deepest_stream_line = 24;             // objects and arrays inside each other

class AgentStreamReader {
 public:
  AgentStreamReader(AgentOutput output, TokenPrices prices);

  // A line without its line feed. Lines that are no JSON object, or of no known type, change nothing; the first are
  // counted. `now` is what "try again in two hours" counts from.
  void read_line(std::string_view line, Timestamp now);

  void note_unreadable_line() { ++activity_.unreadable_lines; }

  [[nodiscard]] const AgentActivity& activity() const { return activity_; }

 private:
  AgentOutput output_;
  TokenPrices prices_;
  AgentActivity activity_;
  std::string last_message_id_; // claude repeats it for each block of one answer
  bool in_message_ = false;     // gemini sends one message in pieces
};

} // namespace afk::adapter

#pragma once
// What an agent prints, and what its tokens cost: words of the configuration and of a work order.

#include <afk/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace afk {

// `text` is for people: there the exit code alone says how it went.
enum class AgentOutput : std::uint8_t { text, claude_stream, codex_jsonl, gemini_stream };

[[nodiscard]] std::string_view render_agent_output(AgentOutput output); // "claude-stream"
Result<AgentOutput> parse_agent_output(std::string_view text);          // fails with `malformed`

// Of an agent that counts tokens and no money; USD per million tokens, 0 where nobody said.
struct TokenPrices {
  double input = 0;
  double cached_input = 0;
  double output = 0;

  friend bool operator==(const TokenPrices&, const TokenPrices&) = default;
};

} // namespace afk

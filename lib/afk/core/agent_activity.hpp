#pragma once
// What an agent's structured output says of its turn, and when such a turn counts as a success.
//
// adapter/agent_stream.hpp reads the output while it comes and fills an AgentActivity; the values are judged here. An
// agent's exit code is not enough: claude exits with 0 after a tool was denied and after an interrupt, and calls an API
// error a "success" in its own words.

#include <afk/core/agent_output.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace afk {

// Absent where there are no prices.
[[nodiscard]] std::optional<double> derive_token_cost(const TokenCount& tokens, const TokenPrices& prices);

// Judged once the agent is gone. `exit_code` is absent where a signal ended it.
struct AgentJudgement {
  TurnOutcome outcome = TurnOutcome::failed;
  std::string reason; // one sentence for people; hostile words in it are cleaned

  friend bool operator==(const AgentJudgement&, const AgentJudgement&) = default;
};

[[nodiscard]] AgentJudgement judge_agent(AgentOutput output, const AgentActivity& activity,
                                         std::optional<int> exit_code);

// Whether a limit may hold until then: later than now, and at most 40 days off. What else claims it is misread or a
// lie.
[[nodiscard]] bool is_credible_limit_end(Timestamp end, Timestamp now);

// Until when a limit holds, from the words of a provider: "try again at 7:58 PM" (UTC), "at Nov 22nd, 2026 7:58 PM",
// "in 2 days 3 hours", "retry in 2h3m4s". Absent where they tell no time, or one that is more than 40 days off.
[[nodiscard]] std::optional<Timestamp> find_limit_end(std::string_view message, Timestamp now);

// Whether the words of a provider speak of its usage limit, and not of another error.
[[nodiscard]] bool speaks_of_usage_limit(std::string_view message);

inline constexpr std::size_t longest_session = 128;
[[nodiscard]] bool is_session_id(std::string_view text); // [A-Za-z0-9][A-Za-z0-9._-]*: it becomes an argument

// What each turn cost by itself, in the order of the turns. An agent that counts over its whole session says the same
// sum again in the next turn: only what was added counts. The agent's report and what its output says are two words on
// one thing; the higher one counts.
[[nodiscard]] double derive_cost(std::span<const TurnView> turns);

} // namespace afk

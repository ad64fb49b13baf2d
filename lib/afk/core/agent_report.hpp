#pragma once
// What an agent says about its own work, validated: a claim for people to read, never evidence.
//
// The agent writes one JSON object to the file that its environment names; adapter/agent_report_codec.hpp reads the
// bytes, and the values are judged here. Text in a report is hostile: it is cleaned and bounded before anything sees
// it.

#include <afk/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

// Key "result". `blocked` asks a question and ends the turn.
enum class DeclaredResult : std::uint8_t { done, nothing_to_do, blocked };

[[nodiscard]] std::string_view render_declared_result(DeclaredResult result); // "nothing-to-do"
Result<DeclaredResult> parse_declared_result(std::string_view text);

// Key "phase": how far the agent says it is. The later phases are never an agent's to tell.
enum class ReportedPhase : std::uint8_t { working, tests_red, tests_green, pushed };

[[nodiscard]] std::string_view render_reported_phase(ReportedPhase phase); // "tests-red"
Result<ReportedPhase> parse_reported_phase(std::string_view text);

inline constexpr std::size_t longest_question = 4000; // bytes; a longer one is cut and says so
inline constexpr std::size_t longest_step = 200;      // bytes, one line
inline constexpr double highest_reported_cost_usd = 1'000'000;

// The values as the file has them; absent where the key is absent or null.
struct AgentReportFields {
  std::optional<std::string> result = std::nullopt;
  std::optional<std::string> question = std::nullopt;
  std::optional<std::string> phase = std::nullopt;
  std::optional<std::string> step = std::nullopt;
  std::optional<double> cost_usd = std::nullopt;
};

struct AgentReport {
  std::optional<DeclaredResult> result;
  std::string question; // several clean lines; not empty exactly when the result is `blocked`
  std::optional<ReportedPhase> phase;
  std::string step;               // one clean line, "" when absent
  std::optional<double> cost_usd; // of this turn so far
  std::vector<std::string> notes; // what was ignored or cut, for the log

  friend bool operator==(const AgentReport&, const AgentReport&) = default;
};

// A question without a result means `blocked`. Fails with `malformed` on an unknown result or phase, a `blocked`
// without a question, a question beside another result, and a cost that is negative, not finite or above the highest.
Result<AgentReport> derive_agent_report(const AgentReportFields& fields);

} // namespace afk

#pragma once
// What the trusted containers of a turn's pod are told and what they say at their end, as JSON. Schema 1.
//
// An order comes by a Secret that only these containers mount. Their word is the termination message of a container
// (4,096 bytes at most, https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/), which
// the agent's container cannot write.

#include <afk/core/agent_report.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

struct CarryOrder {
  RunName run = {};
  int redispatch = 0;
  TurnName turn = {};
  RepositoryName repository = {};
  std::string clone_url = {};
  std::string base = {}; // "" = the remote's default branch
  std::string branch = {};
  std::string verify_head = {};                  // of verify turns
  std::vector<std::string> protected_paths = {}; // patterns; a branch that touches one is not pushed

  friend bool operator==(const CarryOrder&, const CarryOrder&) = default;
};

[[nodiscard]] std::string render_carry_order(const CarryOrder& order);
Result<CarryOrder> parse_carry_order(std::string_view bytes); // fails with `malformed`

// What a carrier did. `clone` says head_before and problem, `push` all of it.
struct CarryReport {
  std::string head_before = {};
  std::string head_after = {}; // what the branch is at on the remote; head_before where nothing was pushed
  int exit_code = 0;           // of the agent
  enum class TimedOut : std::uint8_t { no, yes } timed_out = TimedOut::no;
  std::string problem = {}; // why it did not do its work; "" when it did
  // What the agent reported, judged where all of it was there. Of a question that does not fit the end is cut.
  std::optional<AgentReport> report = std::nullopt;
  std::string report_problem = {}; // why a report was refused

  friend bool operator==(const CarryReport&, const CarryReport&) = default;
};

[[nodiscard]] std::string render_carry_report(const CarryReport& report); // at most 4,096 bytes
Result<CarryReport> parse_carry_report(std::string_view bytes);           // fails with `malformed`

} // namespace afk::adapter

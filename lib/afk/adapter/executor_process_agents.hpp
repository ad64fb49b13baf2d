#pragma once
// Who works in a turn: the agent, or the reviewers of a verify turn, with what of theirs is on this machine. A start
// is the only caller.

#include <afk/adapter/executor_process.hpp>
#include <afk/core/result.hpp>
#include <afk/port/executor.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

// The agent without the configuration that is not there. Fails with `configuration` where a credential is missing.
Result<ProcessAgent> prepare_agent(const ProcessExecutorSetup& setup, const std::string& name,
                                   const ProcessAgent& agent);

// The path of its program, in a container its name. Fails with `configuration` where there is none.
Result<std::string> find_agent_program(const ProcessExecutorSetup& setup, const std::string& name,
                                       const ProcessAgent& agent);

// Those of a verify turn; none of other turns. Fails as the two above.
Result<std::vector<TurnReviewer>> find_reviewers(const ProcessExecutorSetup& setup, const Order& order);

// The variables that the turn's supervisor takes over besides those that everybody gets.
[[nodiscard]] std::vector<std::string> list_turn_variables(const ProcessExecutorSetup& setup, const Order& order);

} // namespace afk::adapter

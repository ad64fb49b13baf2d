#pragma once
// The coding agents that afk knows by name: how each is run without a person, and which variables and files it needs.
// Data, not code: any other agent is an `argv` in the configuration.
//
// Flags as documented by their makers: code.claude.com (headless mode), developers.openai.com/codex (codex exec),
// geminicli.com (headless mode).

#include <afk/adapter/executor_process_order.hpp>
#include <afk/core/config.hpp>

#include <string_view>
#include <vector>

namespace afk::cli {

// Fails with `configuration` for a command that is not in the table.
Result<adapter::ProcessAgent> derive_process_agent(const AgentSettings& settings, std::string_view home);

[[nodiscard]] std::vector<std::string_view> list_known_agents();

} // namespace afk::cli

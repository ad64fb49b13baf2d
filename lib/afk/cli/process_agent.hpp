#pragma once
// From a row of the [agents] table to what the process executor is told of it.

#include <afk/adapter/executor_process_order.hpp>
#include <afk/core/config.hpp>

#include <string_view>

namespace afk::cli {

// `home` is the home folder of whoever runs afk. Fails with `configuration` for a command that is not in the table.
Result<adapter::ProcessAgent> derive_process_agent(const AgentSettings& settings, std::string_view home);

} // namespace afk::cli

#pragma once
// From an executor's settings to the sandbox and the limits of one turn, as this machine can keep to them.

#include <afk/adapter/run_folder_codec.hpp>
#include <afk/adapter/sandbox.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/core/config.hpp>
#include <afk/core/result.hpp>
#include <afk/port/commands.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

// How the programs of the container engines find their engine. They are told; agents in containers are not.
inline constexpr std::array engine_variables{"DOCKER_HOST",    "DOCKER_CONTEXT",           "DOCKER_CONFIG",
                                             "CONTAINER_HOST", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"};

struct SandboxOrder {
  const ProcessExecutorSettings& settings;
  const std::string& search_path;           // where the sandbox's program is looked for
  const EnvironmentVariables& environment;  // of the tick
  std::vector<std::string> agent_variables; // names that the turn's agent may have
  const std::string& program;               // has the command `supervise`; it sets limits inside
};

struct PreparedSandbox {
  std::optional<SandboxView> view; // absent: no sandbox. The turn's places are still to be filled in
  TurnLimits limits;               // without those of the supervisor's own manners
  std::string proxy;               // "host:port"; "" = none
};

// Fails with `configuration`: the sandbox does not work here, or a limit is asked for that nobody here can keep to;
// the message says what to do.
Result<PreparedSandbox> prepare_sandbox(Commands& commands, const SandboxOrder& order);

} // namespace afk::adapter

#pragma once
// From a work order to what a supervisor is told: programs, limits, environment, sandbox. Pure.

#include <afk/adapter/run_folder_codec.hpp>
#include <afk/adapter/sandbox.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/core/agent_command.hpp>
#include <afk/core/result.hpp>
#include <afk/port/executor.hpp>

#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

// One row of the [agents] table as a process.
struct ProcessAgent {
  // "{prompt_file}" and "{model}" are replaced; the prompt is the standard input as well.
  std::vector<std::string> argv;
  std::vector<std::string> environment;     // names of further variables that it gets where they are set
  std::vector<std::string> read_only_paths; // its own configuration: shown in the sandbox where it is there
  // It starts only where all of these are there, and no other agent gets them.
  std::vector<std::string> credential_variables = {};
  std::vector<std::string> credential_files = {};
  // See AgentCommand (core/agent_command.hpp), whose words these are.
  std::vector<std::string> resume_argv = {};
  AgentCommand::Input input = AgentCommand::Input::prompt;
  AgentOutput output = AgentOutput::text;
  TokenPrices prices = {};
  EnvironmentVariables variables = {};
  EnvironmentVariables sandboxed_variables = {};
  std::string state_variable = {};
  std::vector<AgentStateLink> state_links = {};
  std::vector<std::string> red_when = {};
};

// A reviewer of a verify turn, whose things were found.
struct TurnReviewer {
  std::string name;
  ProcessAgent agent;
  std::string program; // path of its argv[0], in a container its name
};

// Where a turn's things lie; absolute paths.
struct TurnPaths {
  std::string clone;
  std::string checkout; // of a verify turn
  std::string mirror;   // its objects are borrowed by clone and checkout
  std::string files;    // prompt and files
  std::string report_folder;
  std::string proxy_socket = {}; // where the sandbox has a proxy
  std::string state = {};        // of the agent's sessions; all turns of an attempt share it
  std::string review_state = {}; // the same of the reviewers, of this turn alone
};

// Programs outside the order, already found.
struct TurnPrograms {
  std::string agent; // path of the agent's argv[0], in a container its name; "" for verify turns
  std::string shell = "/bin/sh";
  std::string git;
};

struct TurnPlan {
  const Order& order;
  const ProcessAgent* agent = nullptr; // absent for verify turns
  TurnPaths paths;
  TurnPrograms programs;
  std::string base_branch;            // what further turns fetch before they begin
  std::optional<SandboxView> sandbox; // its places are filled in; absent = none
  TurnLimits limits;
  std::string proxy = {};   // "host:port", the only thing that the sandbox reaches; "" = network as the sandbox has it
  std::string session = {}; // of an earlier turn, to go on with; "" = none
  // Of a verify turn: who looks at the work once every command has passed, and what they compare it with.
  std::vector<TurnReviewer> reviewers = {};
  std::string base_head = {};
};

// Everything but the sequence number.
[[nodiscard]] TurnDocument derive_turn_document(const TurnPlan& plan);

// What stands for the proxy in a sandbox: a port of its own loopback device.
inline constexpr int sandbox_proxy_port = 3128;

// The environment that a supervisor is started with, and its agent after it: PATH, HOME, LANG, USER where `environment`
// has them, TERM=dumb, and the names in `further`.
[[nodiscard]] EnvironmentVariables derive_agent_environment(const EnvironmentVariables& environment,
                                                            const std::vector<std::string>& further);

// The names of the variables that hold an agent's credentials: taken over where they are set, or needed.
[[nodiscard]] std::vector<std::string> list_credential_names(const ProcessAgent& agent);

// A path of this turn that its sandbox cannot be shown; absent where all can.
[[nodiscard]] std::optional<std::string> find_unfit_path(const TurnPlan& plan);

// What is wrong with an order that no caller should give: names that are no file names, a kind that its turn's name
// contradicts. Fails with `configuration`.
Result<void> check_order(const Order& order);

} // namespace afk::adapter

#pragma once
// From a work order to what a supervisor is told: programs, limits, environment, sandbox. Pure.

#include <afk/adapter/run_folder_codec.hpp>
#include <afk/adapter/sandbox.hpp>
#include <afk/adapter/spawn.hpp>
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
  std::vector<std::string> environment;     // names of further variables that it gets
  std::vector<std::string> read_only_paths; // its own configuration: shown in the sandbox where it is there
};

// Where a turn's things lie; absolute paths.
struct TurnPaths {
  std::string clone;
  std::string checkout; // of a verify turn
  std::string mirror;   // its objects are borrowed by clone and checkout
  std::string files;    // prompt and files
  std::string report_folder;
};

// Programs outside the order, already found.
struct TurnPrograms {
  std::string agent; // path of the agent's argv[0]; "" for verify turns
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
};

// Everything but the sequence number.
[[nodiscard]] TurnDocument derive_turn_document(const TurnPlan& plan);

// The environment that a supervisor is started with, and its agent after it: PATH, HOME, LANG, USER where `environment`
// has them, TERM=dumb, and the names in `further`.
[[nodiscard]] EnvironmentVariables derive_agent_environment(const EnvironmentVariables& environment,
                                                            const std::vector<std::string>& further);

// What is wrong with an order that no caller should give: names that are no file names, a kind that its turn's name
// contradicts. Fails with `configuration`.
Result<void> check_order(const Order& order);

} // namespace afk::adapter

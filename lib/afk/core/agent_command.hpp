#pragma once
// The coding agents that afk knows by name, as data: how each is run without a person, how its session is gone on
// with, what it prints, and which variables and files it needs. Any other agent is the same data from the
// configuration.
//
// Flags as their makers document them, tried with claude-code 2.1.329, codex 0.169.0 and gemini-cli 0.61.0:
// code.claude.com (headless mode), developers.openai.com/codex (codex exec), geminicli.com (headless mode).

#include <afk/core/agent_output.hpp>
#include <afk/core/config.hpp>
#include <afk/core/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk {

// A file of the agent's configuration that stands under `name` in the run's state folder as well, as a link.
struct AgentStateLink {
  std::string name; // relative; may have folders in it
  std::string path; // absolute

  friend bool operator==(const AgentStateLink&, const AgentStateLink&) = default;
};

struct AgentCommand {
  // "{prompt_file}", "{model}", of a reviewer "{base}" and in `resume_argv` "{session}" are replaced. An argument that
  // is "{model}" alone goes together with its flag where no model was chosen.
  std::vector<std::string> argv = {};
  std::vector<std::string> resume_argv = {}; // of a further turn in the same session; empty: there is no such thing
  enum class Input : std::uint8_t { prompt, none } input = Input::prompt; // what stands on standard input
  AgentOutput output = AgentOutput::text;
  TokenPrices prices = {};
  std::vector<std::string> credentials_env = {};                             // taken over where they are set
  std::vector<std::pair<std::string, std::string>> variables = {};           // set, whatever the environment says
  std::vector<std::pair<std::string, std::string>> sandboxed_variables = {}; // the same, where a sandbox is around it
  // Names the folder of the run that holds the agent's sessions; "" where the agent keeps nothing that is needed again.
  std::string state_variable = {};
  std::vector<AgentStateLink> state_links = {};
  std::vector<std::string> configuration_paths = {}; // shown read-only where they are there
  std::vector<std::string> red_when = {};            // of a reviewer: any of these words in its output is a finding

  friend bool operator==(const AgentCommand&, const AgentCommand&) = default;
};

// `home` is the folder below which a known agent keeps its configuration. Fails with `configuration` for a command that
// is not in the table.
Result<AgentCommand> derive_agent_command(const AgentSettings& settings, std::string_view home);

[[nodiscard]] std::vector<std::string_view> list_known_agents();

// A reviewer judges work and changes nothing: it is run with the checks.
[[nodiscard]] AgentSettings::Kind derive_agent_kind(const AgentSettings& settings);

// Whose usage limit an agent shares: agents with equal keys have one credential.
[[nodiscard]] std::string derive_credential_key(const AgentSettings& settings);

// Whether a model can be chosen for it at all.
enum class ModelChoice : std::uint8_t { impossible, possible };
[[nodiscard]] ModelChoice derive_model_choice(const AgentSettings& settings);

} // namespace afk

#include <afk/cli/process_agent.hpp>

#include <afk/core/agent_command.hpp>

#include <utility>

namespace afk::cli {

Result<adapter::ProcessAgent> derive_process_agent(const AgentSettings& settings, std::string_view home) {
  auto derived = derive_agent_command(settings, home);
  if (!derived)
    return std::move(derived).error();
  AgentCommand command = std::move(derived).value();
  adapter::ProcessAgent agent;
  agent.argv = std::move(command.argv);
  agent.resume_argv = std::move(command.resume_argv);
  agent.input = command.input;
  agent.output = command.output;
  agent.prices = command.prices;
  agent.variables = std::move(command.variables);
  agent.sandboxed_variables = std::move(command.sandboxed_variables);
  agent.state_variable = std::move(command.state_variable);
  agent.state_links = std::move(command.state_links);
  agent.red_when = std::move(command.red_when);
  agent.read_only_paths = std::move(command.configuration_paths);
  // What is written has to be there; what the table of commands knows is taken where it is.
  agent.credential_variables = settings.credentials_env;
  if (settings.credentials_env.empty())
    agent.environment = std::move(command.credentials_env);
  for (const FilePath& file : settings.credential_files)
    agent.credential_files.push_back(file.text);
  return agent;
}

} // namespace afk::cli

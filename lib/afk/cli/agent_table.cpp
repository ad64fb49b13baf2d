#include <afk/cli/agent_table.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace afk::cli {

namespace {

struct KnownAgent {
  std::string_view command;
  std::vector<std::string_view> argv; // the prompt is the standard input
  std::vector<std::string_view> model_flags;
  std::vector<std::string_view> environment;
  std::vector<std::string_view> configuration; // below the home folder, shown read-only
};

const std::array<KnownAgent, 3>& known_agents() {
  static const std::array<KnownAgent, 3> agents{{
      {"claude",
       {"claude", "-p", "--output-format", "json", "--permission-mode", "bypassPermissions"},
       {"--model"},
       {"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN", "IS_SANDBOX"},
       {".claude", ".claude.json"}},
      {"codex",
       {"codex", "exec", "--json", "-s", "danger-full-access", "-"},
       {"-m"},
       {"OPENAI_API_KEY", "CODEX_API_KEY"},
       {".codex"}},
      {"gemini",
       {"gemini", "-o", "stream-json", "--approval-mode", "yolo", "--skip-trust"},
       {"-m"},
       {"GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"},
       {".gemini"}},
  }};
  return agents;
}

} // namespace

std::vector<std::string_view> list_known_agents() {
  std::vector<std::string_view> names;
  for (const KnownAgent& agent : known_agents())
    names.push_back(agent.command);
  return names;
}

Result<adapter::ProcessAgent> derive_process_agent(const AgentSettings& settings, std::string_view home) {
  if (!settings.argv.empty())
    return adapter::ProcessAgent{settings.argv, {}, {}};
  const auto& agents = known_agents();
  const auto known = std::ranges::find(agents, settings.command, &KnownAgent::command);
  if (known == agents.end())
    return Error{ErrorKind::configuration,
                 fmt::format("command = \"{}\" is none of the agents that afk knows ({}); give its argv instead",
                             settings.command, fmt::join(list_known_agents(), ", "))};
  adapter::ProcessAgent agent;
  agent.argv.assign(known->argv.begin(), known->argv.end());
  // Before a closing "-", which stands for the standard input. A label may choose a model where the table has none; the
  // executor leaves the flag out where there is none at all.
  auto place = agent.argv.back() == "-" ? agent.argv.end() - 1 : agent.argv.end();
  place = agent.argv.insert(place, known->model_flags.begin(), known->model_flags.end());
  agent.argv.insert(place + static_cast<std::ptrdiff_t>(known->model_flags.size()), "{model}");
  agent.environment.assign(known->environment.begin(), known->environment.end());
  for (const std::string_view path : known->configuration)
    agent.read_only_paths.push_back(fmt::format("{}/{}", home, path));
  return agent;
}

} // namespace afk::cli

#include <afk/core/agent_command.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace afk {

namespace {

using Names = std::vector<std::string_view>;
using Variables = std::vector<std::pair<std::string_view, std::string_view>>;

struct KnownAgent {
  std::string_view command = {};
  AgentSettings::Kind kind = AgentSettings::Kind::work;
  AgentOutput output = AgentOutput::text;
  Names argv = {};
  Names resume_argv = {};
  Names credentials_env = {};
  Variables variables = {};
  Variables sandboxed_variables = {};
  std::string_view state_variable = {};
  // The folder of its configuration below the home folder, and where that folder stands below the state folder.
  std::string_view configuration_folder = {};
  std::string_view state_folder = {};
  Names configuration_files = {};
  Names red_when = {};
};

// Codex prints times without a zone: with this one they are UTC.
const Variables codex_variables{{"TZ", "UTC0"}};
const Names codex_files{"auth.json", "config.toml", "AGENTS.md", "prompts", "skills"};

std::vector<KnownAgent> list_workers() {
  return {
      {.command = "claude",
       .output = AgentOutput::claude_stream,
       .argv = {"claude", "-p", "--output-format", "stream-json", "--verbose", "--permission-mode", "bypassPermissions",
                "--model", "{model}"},
       .resume_argv = {"claude", "-p", "--output-format", "stream-json", "--verbose", "--permission-mode",
                       "bypassPermissions", "--model", "{model}", "--resume", "{session}"},
       .credentials_env = {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN",
                           "IS_SANDBOX"},
       .variables = {{"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"},
                     {"DISABLE_AUTOUPDATER", "1"},
                     {"DISABLE_TELEMETRY", "1"}},
       // It refuses to work for root without being asked, unless it is told that somebody contains it.
       .sandboxed_variables = {{"IS_SANDBOX", "1"}},
       .state_variable = "CLAUDE_CONFIG_DIR",
       .configuration_folder = ".claude",
       .configuration_files = {".credentials.json", "settings.json", "CLAUDE.md", "agents", "commands", "skills"}},
      {.command = "codex",
       .output = AgentOutput::codex_jsonl,
       .argv = {"codex", "exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "-m", "{model}", "-"},
       .resume_argv = {"codex", "exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "-m", "{model}",
                       "resume", "{session}", "-"},
       .credentials_env = {"OPENAI_API_KEY", "CODEX_API_KEY", "OPENAI_BASE_URL"},
       .variables = codex_variables,
       .state_variable = "CODEX_HOME",
       .configuration_folder = ".codex",
       .configuration_files = codex_files},
      {.command = "gemini",
       .output = AgentOutput::gemini_stream,
       .argv = {"gemini", "-o", "stream-json", "--approval-mode", "yolo", "--skip-trust", "-m", "{model}"},
       .resume_argv = {"gemini", "-o", "stream-json", "--approval-mode", "yolo", "--skip-trust", "-m", "{model}", "-r",
                       "{session}"},
       .credentials_env = {"GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_CLOUD_PROJECT"},
       .variables = {{"NO_BROWSER", "1"}},
       .state_variable = "GEMINI_CLI_HOME",
       .configuration_folder = ".gemini",
       .state_folder = ".gemini",
       .configuration_files = {"settings.json", "oauth_creds.json", "google_accounts.json", ".env", "GEMINI.md"}},
      // A model of this machine, served by Ollama and driven by codex.
      {.command = "ollama",
       .output = AgentOutput::codex_jsonl,
       .argv = {"codex", "exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "--oss",
                "--local-provider", "ollama", "-m", "{model}", "-"},
       .resume_argv = {"codex", "exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "--oss",
                       "--local-provider", "ollama", "-m", "{model}", "resume", "{session}", "-"},
       .credentials_env = {"OLLAMA_HOST", "CODEX_OSS_BASE_URL", "CODEX_OSS_PORT"},
       .variables = codex_variables,
       .state_variable = "CODEX_HOME",
       .configuration_folder = ".codex",
       .configuration_files = {"config.toml", "AGENTS.md"}},
  };
}

std::vector<KnownAgent> list_reviewers() {
  return {
      // Findings carry their weight in front: P0 and P1 are what has to be mended.
      {.command = "codex-review",
       .kind = AgentSettings::Kind::review,
       .argv = {"codex", "review", "-c", "sandbox_mode=danger-full-access", "--base", "{base}"},
       .credentials_env = {"OPENAI_API_KEY", "CODEX_API_KEY", "OPENAI_BASE_URL"},
       .variables = codex_variables,
       .state_variable = "CODEX_HOME",
       .configuration_folder = ".codex",
       .configuration_files = codex_files,
       .red_when = {"[P0]", "[P1]"}},
      {.command = "coderabbit",
       .kind = AgentSettings::Kind::review,
       .argv = {"coderabbit", "review", "--plain", "--type", "committed", "--base-commit", "{base}"},
       .credentials_env = {"CODERABBIT_API_KEY"},
       .configuration_folder = ".coderabbit",
       .configuration_files = {"auth.json"},
       .red_when = {"Type: potential_issue"}},
  };
}

const std::vector<KnownAgent>& known_agents() {
  static const std::vector<KnownAgent> agents = [] {
    std::vector<KnownAgent> rows = list_workers();
    std::ranges::move(list_reviewers(), std::back_inserter(rows));
    return rows;
  }();
  return agents;
}

const KnownAgent* find_known(std::string_view command) {
  const auto& agents = known_agents();
  const auto known = std::ranges::find(agents, command, &KnownAgent::command);
  return known == agents.end() ? nullptr : &*known;
}

std::vector<std::string> to_strings(const Names& names) {
  return {names.begin(), names.end()};
}

std::string join_path(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

AgentCommand derive_known(const KnownAgent& known, std::string_view home) {
  AgentCommand command{.argv = to_strings(known.argv),
                       .resume_argv = to_strings(known.resume_argv),
                       .input = known.kind == AgentSettings::Kind::review ? AgentCommand::Input::none
                                                                          : AgentCommand::Input::prompt,
                       .output = known.output,
                       .credentials_env = to_strings(known.credentials_env),
                       .variables = {known.variables.begin(), known.variables.end()},
                       .sandboxed_variables = {known.sandboxed_variables.begin(), known.sandboxed_variables.end()},
                       .state_variable = std::string(known.state_variable),
                       .red_when = to_strings(known.red_when)};
  for (const std::string_view file : known.configuration_files) {
    std::string path = fmt::format("{}/{}/{}", home, known.configuration_folder, file);
    if (!command.state_variable.empty()) {
      command.state_links.push_back({join_path(known.state_folder, file), path});
    }
    command.configuration_paths.push_back(std::move(path));
  }
  return command;
}

AgentCommand derive_own(const AgentSettings& settings) {
  return {.argv = settings.argv,
          .resume_argv = settings.resume,
          .input =
              settings.input == AgentSettings::Input::none ? AgentCommand::Input::none : AgentCommand::Input::prompt,
          .output = settings.output,
          .state_variable = settings.state_env};
}

std::string find_file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

} // namespace

Result<AgentCommand> derive_agent_command(const AgentSettings& settings, std::string_view home) {
  const KnownAgent* const known = settings.argv.empty() ? find_known(settings.command) : nullptr;
  if (settings.argv.empty() && known == nullptr) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("command = \"{}\" is none of the agents that afk knows ({}); give its argv "
                                        "instead",
                                        settings.command, fmt::join(list_known_agents(), ", "))};
  }
  AgentCommand command = known == nullptr ? derive_own(settings) : derive_known(*known, home);
  command.prices = {settings.input_price_usd, settings.cached_input_price_usd, settings.output_price_usd};
  if (!settings.red_when.empty()) {
    command.red_when = settings.red_when;
  }
  if (!settings.credentials_env.empty()) { // exactly those that are written, then
    command.credentials_env = settings.credentials_env;
  }
  const auto link = [&](const FilePath& path) {
    if (known == nullptr && !command.state_variable.empty()) {
      command.state_links.push_back({find_file_name(path.text), path.text});
    }
  };
  std::ranges::for_each(settings.credential_files, link);
  for (const FilePath& path : settings.configuration_paths) {
    link(path);
    command.configuration_paths.push_back(path.text);
  }
  return command;
}

std::vector<std::string_view> list_known_agents() {
  std::vector<std::string_view> names;
  std::ranges::transform(known_agents(), std::back_inserter(names), &KnownAgent::command);
  return names;
}

AgentSettings::Kind derive_agent_kind(const AgentSettings& settings) {
  const KnownAgent* const known = find_known(settings.command);
  return settings.kind.value_or(known == nullptr ? AgentSettings::Kind::work : known->kind);
}

std::string derive_credential_key(const AgentSettings& settings) {
  if (!settings.credentials_env.empty() || !settings.credential_files.empty()) {
    std::string key = fmt::format("written\n{}", fmt::join(settings.credentials_env, "\n"));
    for (const FilePath& file : settings.credential_files) {
      key += "\n/" + file.text;
    }
    return key;
  }
  if (!settings.argv.empty()) {
    return "program\n" + settings.argv.front();
  }
  return settings.command.empty() ? "executor\n" + settings.executor : "command\n" + settings.command;
}

ModelChoice derive_model_choice(const AgentSettings& settings) {
  const auto takes_model = [](std::string_view argument) { return argument.contains("{model}"); };
  if (settings.argv.empty()) {
    const KnownAgent* const known = find_known(settings.command);
    return known == nullptr || std::ranges::any_of(known->argv, takes_model) ? ModelChoice::possible
                                                                             : ModelChoice::impossible;
  }
  return std::ranges::any_of(settings.argv, takes_model) ? ModelChoice::possible : ModelChoice::impossible;
}

} // namespace afk

#include <afk/core/agent_command.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace afk {
namespace {

using Argv = std::vector<std::string>;

TEST_CASE("known agents work without a person, and no prompt is among their arguments") {
  for (const std::string_view name : list_known_agents()) {
    INFO(name);
    AgentSettings settings;
    settings.command = name;
    const auto command = derive_agent_command(settings, "/home/ada");
    REQUIRE(command);
    CHECK_FALSE(command->argv.empty());
    for (const std::string& argument : command->argv) {
      CHECK(argument.find("{prompt}") == std::string::npos);
    }
    for (const AgentStateLink& link : command->state_links) {
      CHECK(link.path.starts_with("/home/ada/."));
      CHECK_FALSE(link.name.starts_with("/"));
    }
    const bool reviews = derive_agent_kind(settings) == AgentSettings::Kind::review;
    CHECK(reviews == (command->input == AgentCommand::Input::none));
    CHECK(reviews != command->red_when.empty());
    const auto has = [](const Argv& argv, std::string_view text) {
      return std::ranges::any_of(argv, [&](const std::string& argument) { return argument == text; });
    };
    CHECK(has(command->argv, "{base}") == reviews);
    CHECK(has(command->argv, "{model}") != reviews);
    CHECK_FALSE(has(command->argv, "{session}"));
    CHECK(has(command->resume_argv, "{session}") != reviews);
    CHECK((command->output == AgentOutput::text) == reviews);
    CHECK(command->resume_argv.empty() == reviews);
  }
}

TEST_CASE("claude is told by no word of the environment that nobody contains it") {
  AgentSettings settings;
  settings.command = "claude";
  const auto command = derive_agent_command(settings, "/home/ada");
  REQUIRE(command);
  CHECK(command->sandboxed_variables == std::vector<std::pair<std::string, std::string>>{{"IS_SANDBOX", "1"}});
  CHECK(std::ranges::none_of(command->variables, [](const auto& one) { return one.first == "IS_SANDBOX"; }));
  CHECK(command->state_variable == "CLAUDE_CONFIG_DIR");
  CHECK(command->state_links.front() == AgentStateLink{".credentials.json", "/home/ada/.claude/.credentials.json"});
}

TEST_CASE("a link of gemini stands in a folder of its own") {
  AgentSettings settings;
  settings.command = "gemini";
  const auto command = derive_agent_command(settings, "/home/ada");
  REQUIRE(command);
  CHECK(command->state_links.front() == AgentStateLink{".gemini/settings.json", "/home/ada/.gemini/settings.json"});
}

TEST_CASE("any other agent is what its table says") {
  AgentSettings settings;
  settings.argv = {"run", "--model", "{model}"};
  settings.resume = {"run", "--resume", "{session}"};
  settings.input = AgentSettings::Input::none;
  settings.output = AgentOutput::gemini_stream;
  settings.state_env = "RUN_HOME";
  settings.credential_files = {{"/keys/run.json"}};
  settings.configuration_paths = {{"/etc/run.toml"}};
  settings.credentials_env = {"RUN_KEY"};
  settings.output_price_usd = 3;
  const auto command = derive_agent_command(settings, "/home/ada");
  REQUIRE(command);
  CHECK(command->argv == settings.argv);
  CHECK(command->resume_argv == settings.resume);
  CHECK(command->input == AgentCommand::Input::none);
  CHECK(command->output == AgentOutput::gemini_stream);
  CHECK(command->state_variable == "RUN_HOME");
  CHECK(command->state_links ==
        std::vector<AgentStateLink>{{"run.json", "/keys/run.json"}, {"run.toml", "/etc/run.toml"}});
  CHECK(command->configuration_paths == Argv{"/etc/run.toml"});
  CHECK(command->credentials_env == Argv{"RUN_KEY"});
  CHECK(command->prices == TokenPrices{0, 0, 3});
  CHECK(derive_agent_kind(settings) == AgentSettings::Kind::work);
}

TEST_CASE("credentials that are written take the place of those that the table knows") {
  AgentSettings settings;
  settings.command = "codex";
  CHECK(derive_agent_command(settings, "/")->credentials_env ==
        Argv{"OPENAI_API_KEY", "CODEX_API_KEY", "OPENAI_BASE_URL"});
  settings.credentials_env = {"CODEX_API_KEY"};
  CHECK(derive_agent_command(settings, "/")->credentials_env == Argv{"CODEX_API_KEY"});
}

TEST_CASE("an agent that nobody knows is refused with those that are known") {
  AgentSettings settings;
  settings.command = "claud";
  const auto command = derive_agent_command(settings, "/");
  REQUIRE_FALSE(command);
  CHECK(command.error().kind == ErrorKind::configuration);
  CHECK(command.error().message.find("claude, codex, gemini, ollama, codex-review, coderabbit") != std::string::npos);
}

TEST_CASE("a model needs its place in the command line") {
  AgentSettings settings;
  settings.command = "claude";
  CHECK(derive_model_choice(settings) == ModelChoice::possible);
  settings.command = "coderabbit";
  CHECK(derive_model_choice(settings) == ModelChoice::impossible);
  settings.argv = {"run"};
  CHECK(derive_model_choice(settings) == ModelChoice::impossible);
  settings.argv = {"run", "--model={model}"};
  CHECK(derive_model_choice(settings) == ModelChoice::possible);
}

TEST_CASE("agents with one credential share its limit") {
  AgentSettings one;
  one.command = "claude";
  AgentSettings other = one;
  other.model = "large";
  CHECK(derive_credential_key(one) == derive_credential_key(other));
  other.credentials_env = {"SECOND_KEY"};
  CHECK(derive_credential_key(one) != derive_credential_key(other));
  AgentSettings third;
  third.argv = {"wrapper"};
  third.credentials_env = {"SECOND_KEY"};
  CHECK(derive_credential_key(third) == derive_credential_key(other));
  third.credential_files = {{"/k"}};
  CHECK(derive_credential_key(third) != derive_credential_key(other));
  AgentSettings elsewhere;
  elsewhere.executor = "cluster";
  CHECK(derive_credential_key(elsewhere) == "executor\ncluster");
}

} // namespace
} // namespace afk

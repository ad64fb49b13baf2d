// Contradictions inside an [agents] table, and between agents and what names them.
#include <afk/config/contradictions.hpp>
#include <afk/config/keys.hpp>
#include <afk/config/nearest.hpp>
#include <afk/config/read_text.hpp>
#include <afk/core/agent_command.hpp>
#include <afk/core/repository_settings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace afk::config {
namespace {

bool contains_placeholder(const std::vector<std::string>& argv, std::string_view placeholder) {
  return std::ranges::any_of(argv, [&](const std::string& argument) { return argument.contains(placeholder); });
}

// A placeholder that is nearly one that exists would reach the agent as it stands.
void check_placeholders(Assembly& assembly, const std::vector<std::string>& argv, const std::string& key) {
  static const std::array<std::string, 4> known{"{prompt_file}", "{model}", "{session}", "{base}"};
  for (const std::string& argument : argv) {
    const std::size_t open = argument.find('{');
    const std::size_t close = argument.find('}', std::min(open, argument.size()));
    if (open == std::string::npos || close == std::string::npos) {
      continue;
    }
    const std::string found = argument.substr(open, close - open + 1);
    const auto nearest = find_nearest(found, known);
    if (nearest && *nearest != found) {
      assembly.refuse(key, fmt::format("{} is no placeholder", quote_value(found)),
                      fmt::format("did you mean {}?", *nearest));
    }
  }
}

void check_model(Assembly& assembly, const std::string& table, const AgentSettings& agent) {
  if (!agent.model.empty() && derive_model_choice(agent) == ModelChoice::impossible) {
    assembly.refuse(table + ".model", "its command line has no place for a model, so that this one would be ignored",
                    agent.argv.empty() ? "leave it out"
                                       : "write \"{model}\" into argv, behind its flag, or leave the model out");
  }
}

// What a row of the command table says itself.
void check_own_program(Assembly& assembly, const std::string& table, const AgentSettings& agent) {
  for (const auto& [key, is_given] :
       {std::pair("stdin", agent.input != AgentSettings::Input::prompt),
        std::pair("output", agent.output != AgentOutput::text), std::pair("resume", !agent.resume.empty()),
        std::pair("state_env", !agent.state_env.empty())}) {
    if (is_given && agent.argv.empty()) {
      assembly.refuse(fmt::format("{}.{}", table, key), "only an agent with an argv of its own says this",
                      "leave it out: the row of the command table knows it");
    }
  }
}

void check_resume(Assembly& assembly, const std::string& table, const AgentSettings& agent) {
  check_placeholders(assembly, agent.resume, table + ".resume");
  if (contains_placeholder(agent.argv, "{session}")) {
    assembly.refuse(table + ".argv", "a first turn has no session yet", "write {session} into resume");
  }
  if (agent.resume.empty()) {
    return;
  }
  if (!contains_placeholder(agent.resume, "{session}")) {
    assembly.refuse(table + ".resume", "nothing says which session is meant", "write {session} where its id stands");
  } else if (agent.output == AgentOutput::text) {
    assembly.refuse(table + ".resume", "with output = \"text\" nobody learns which session a turn had",
                    "write output = \"claude-stream\", \"codex-jsonl\" or \"gemini-stream\", or leave it out");
  }
}

void check_prices(Assembly& assembly, const std::string& table, const AgentSettings& agent) {
  const auto command = derive_agent_command(agent, "/");
  const bool counts_tokens =
      command && (command->output == AgentOutput::codex_jsonl || command->output == AgentOutput::gemini_stream);
  if (!command || counts_tokens) {
    return;
  }
  for (const auto& [key, price] : {std::pair("input_price_usd", agent.input_price_usd),
                                   std::pair("cached_input_price_usd", agent.cached_input_price_usd),
                                   std::pair("output_price_usd", agent.output_price_usd)}) {
    if (price > 0) {
      assembly.refuse(fmt::format("{}.{}", table, key),
                      command->output == AgentOutput::claude_stream ? "this agent says itself what it costs"
                                                                    : "nobody counts this agent's tokens",
                      "leave it out");
    }
  }
}

void check_kind(Assembly& assembly, const std::string& table, const AgentSettings& agent) {
  if (derive_agent_kind(agent) == AgentSettings::Kind::work) {
    if (!agent.red_when.empty()) {
      assembly.refuse(table + ".red_when", "only a reviewer finds something",
                      "write kind = \"review\", or leave it out");
    }
    if (contains_placeholder(agent.argv, "{base}")) {
      assembly.refuse(table + ".argv", "{base} is what a reviewer compares with",
                      "write kind = \"review\", or leave it out");
    }
    return;
  }
  const auto executor = assembly.config.executors.find(agent.executor);
  if (executor != assembly.config.executors.end() &&
      !std::holds_alternative<ProcessExecutorSettings>(executor->second)) {
    assembly.refuse(table + ".executor", "a reviewer is a program of this machine, run with the checks",
                    "name an executor of kind = \"process\"");
  }
  if (!agent.resume.empty() || !agent.persona.empty()) {
    assembly.refuse(table + (agent.resume.empty() ? ".persona" : ".resume"),
                    "a reviewer has one turn and no prompt of afk", "leave it out");
  }
}

} // namespace

void check_agent_program(Assembly& assembly, const std::string& table, const AgentSettings& agent) {
  check_placeholders(assembly, agent.argv, table + ".argv");
  check_own_program(assembly, table, agent);
  if (!assembly.are_sound({table + ".resume", table + ".output", table + ".model", table + ".kind", table + ".executor",
                           join_key(executors_table, render_key_part(agent.executor))})) {
    return;
  }
  check_model(assembly, table, agent);
  check_resume(assembly, table, agent);
  check_prices(assembly, table, agent);
  check_kind(assembly, table, agent);
}

namespace {

// Reviewers look at a checkout of the run, which lies where its executor is.
void check_reviewer_place(Assembly& assembly, const std::string& key, const AgentSettings& reviewer) {
  for (const auto& [name, agent] : assembly.config.agents) {
    if (derive_agent_kind(agent) == AgentSettings::Kind::work && agent.executor != reviewer.executor) {
      assembly.refuse(key,
                      fmt::format("runs of the agent {} are at the executor {}, and this reviewer works at {}",
                                  quote_value(name), quote_value(agent.executor), quote_value(reviewer.executor)),
                      "give all of them one executor");
      return;
    }
  }
}

} // namespace

void check_reviewers(Assembly& assembly, const std::string& key, const RepositoryEntry& sections) {
  const QaSettings& qa = sections.qa;
  if (qa.reviewers.empty() || !assembly.are_sound({key, "checks.mode", "checks.commands", "qa.mode", "qa.commands"})) {
    return;
  }
  const bool has_commands =
      qa.mode != QaSettings::Mode::off ||
      (derive_check_mode(assembly.config.tracker.kind, sections.checks.mode) == CheckSettings::Mode::commands &&
       !sections.checks.commands.empty());
  if (!has_commands) {
    assembly.refuse(key, "reviewers look at what has passed the commands, and there are none",
                    "write qa.mode = \"auto\", or commands in [qa] or [checks]");
  }
  for (const std::string& name : qa.reviewers) {
    const auto agent = assembly.config.agents.find(name);
    if (!assembly.are_sound({join_key(agents_table, render_key_part(name))})) {
      continue;
    }
    if (agent == assembly.config.agents.end()) {
      assembly.refuse(
          key, fmt::format("there is no agent {}", quote_value(name)),
          fmt::format("write a table [agents.{}] with command = \"codex-review\", for example", render_key_part(name)));
    } else if (derive_agent_kind(agent->second) != AgentSettings::Kind::review) {
      assembly.refuse(key, fmt::format("{} works and judges nothing", quote_value(name)),
                      "name an agent with kind = \"review\"");
    } else {
      check_reviewer_place(assembly, key, agent->second);
    }
  }
}

} // namespace afk::config

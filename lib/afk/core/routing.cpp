#include <afk/core/routing.hpp>

#include <afk/core/agent_command.hpp>
#include <afk/core/labels.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

namespace afk {

namespace {

std::string render_known_agents(const std::map<std::string, AgentSettings>& agents) {
  std::string names;
  for (const auto& [name, agent] : agents)
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

// Agents' names are compared folded, as labels are.
const std::string* find_agent_name(const std::map<std::string, AgentSettings>& agents, std::string_view wanted) {
  for (const auto& [name, agent] : agents)
    if (equal_ascii_folded(name, wanted))
      return &name;
  return nullptr;
}

} // namespace

Route derive_route(const RoutingFacts& facts) {
  auto label = derive_agent_label(facts.counting_labels);
  if (!label)
    return {std::nullopt, label.error().message};
  const bool labelled = label->has_value();
  const std::string wanted = labelled ? (*label)->name : facts.routing.default_agent;
  const std::string* name = find_agent_name(facts.agents, wanted);
  if (name == nullptr)
    return {std::nullopt, fmt::format("there is no agent \"{}\" in the configuration (there are: {})", wanted,
                                      render_known_agents(facts.agents))};
  const AgentSettings& agent = facts.agents.at(*name);
  if (derive_agent_kind(agent) == AgentSettings::Kind::review)
    return {std::nullopt, fmt::format("the agent \"{}\" judges work and does none", *name)};
  const bool chosen = labelled && !(*label)->model.empty();
  if (chosen && derive_model_choice(agent) == ModelChoice::impossible)
    return {std::nullopt, fmt::format("the label asks for the model \"{}\", and the command line of the agent \"{}\" "
                                      "has no place for one: write \"{{model}}\" into its argv",
                                      clean_single_line((*label)->model), *name)};
  const std::string model = chosen ? (*label)->model : agent.model;
  return {RoutedAgent{*name, model, labelled ? "by the agent label" : "the default agent"}, ""};
}

} // namespace afk

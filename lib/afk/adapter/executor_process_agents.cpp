#include <afk/adapter/executor_process_agents.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::string_view standard_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::vector<std::string> list_reviewer_names(const ProcessExecutorSetup& setup, const Order& order) {
  const bool reviews = order.kind == TurnKind::verify && setup.list_reviewers;
  return reviews ? setup.list_reviewers(order.issue.repository) : std::vector<std::string>();
}

} // namespace

Result<ProcessAgent> prepare_agent(const ProcessExecutorSetup& setup, const std::string& name,
                                   const ProcessAgent& agent) {
  for (const std::string& variable : agent.credential_variables) {
    if (find_variable(setup.environment, variable).value_or("").empty()) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("agent {} needs the variable {}, and afk's environment does not have it: "
                                          "set it, or mend credentials_env in [agents]",
                                          quote_for_display(name), quote_for_display(variable))};
    }
  }
  std::error_code failure;
  for (const std::string& path : agent.credential_files) {
    if (!std::filesystem::exists(path, failure)) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("agent {} needs the file {}, which is not there: put it there, or mend "
                                          "credential_files in [agents]",
                                          quote_for_display(name), quote_for_display(path))};
    }
  }
  ProcessAgent prepared = agent;
  std::erase_if(prepared.read_only_paths,
                [&](const std::string& path) { return !std::filesystem::exists(path, failure); });
  return prepared;
}

Result<std::string> find_agent_program(const ProcessExecutorSetup& setup, const std::string& name,
                                       const ProcessAgent& agent) {
  if (is_container(setup.settings.sandbox)) { // the image has it, or the engine says that it does not
    return agent.argv.front();
  }
  const auto path = find_variable(setup.environment, "PATH");
  auto program = try_find_program(agent.argv.front(), path ? std::string_view(*path) : standard_path);
  if (!program || !program->starts_with('/')) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("the program {} of agent {} is not there, or its path is not absolute: "
                                        "install it, or mend argv in [agents]",
                                        quote_for_display(agent.argv.front()), quote_for_display(name))};
  }
  return std::move(*program);
}

Result<std::vector<TurnReviewer>> find_reviewers(const ProcessExecutorSetup& setup, const Order& order) {
  std::vector<TurnReviewer> reviewers;
  for (const std::string& name : list_reviewer_names(setup, order)) {
    const auto known = setup.agents.find(name);
    if (known == setup.agents.end()) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("the reviewer {} has no command line here: see qa.reviewers and [agents]",
                                          quote_for_display(name))};
    }
    auto agent = prepare_agent(setup, name, known->second);
    if (!agent) {
      return std::move(agent).error();
    }
    auto program = find_agent_program(setup, name, *agent);
    if (!program) {
      return std::move(program).error();
    }
    reviewers.push_back({name, std::move(agent).value(), std::move(program).value()});
  }
  return reviewers;
}

std::vector<std::string> list_turn_variables(const ProcessExecutorSetup& setup, const Order& order) {
  std::vector<std::string> agents = list_reviewer_names(setup, order);
  if (order.kind != TurnKind::verify) {
    agents.push_back(order.agent);
  }
  std::vector<std::string> names;
  for (const std::string& agent : agents) {
    if (const auto known = setup.agents.find(agent); known != setup.agents.end()) {
      std::ranges::copy(list_credential_names(known->second), std::back_inserter(names));
    }
  }
  return names;
}

} // namespace afk::adapter

#include <afk/adapter/executor_process_order.hpp>

#include <afk/adapter/run_folder.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace afk::adapter {
namespace {

constexpr std::string_view issue_file = "ISSUE.md"; // under this name the prompt speaks of it

// How long a turn waits for the base before it begins without it.
constexpr Duration base_fetch_timeout = std::chrono::minutes(5);

std::string replace_all(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

bool is_verify(const TurnPlan& plan) {
  return plan.order.kind == TurnKind::verify;
}

std::string path_in(const std::string& folder, std::string_view name) {
  return fmt::format("{}/{}", folder, name);
}

std::vector<std::string> derive_agent_argv(const TurnPlan& plan) {
  const bool resumes = !plan.session.empty() && !plan.agent->resume_argv.empty();
  std::vector<std::string> argv;
  for (const std::string& argument : resumes ? plan.agent->resume_argv : plan.agent->argv) {
    // Where no model was chosen, the agent's own stands: its flag goes with it.
    if (argument == "{model}" && plan.order.model.empty()) {
      if (argv.size() > 1 && argv.back().starts_with('-')) {
        argv.pop_back();
      }
      continue;
    }
    // One pass for each placeholder, the model last: its name is never looked through for the others.
    std::string text = replace_all(argument, "{prompt_file}", path_in(plan.paths.files, turn_entry::prompt));
    text = replace_all(std::move(text), "{session}", plan.session);
    argv.push_back(replace_all(std::move(text), "{model}", plan.order.model));
  }
  argv.front() = plan.programs.agent;
  return argv;
}

bool keeps_state(const TurnPlan& plan) {
  return plan.agent != nullptr && !plan.agent->state_variable.empty();
}

TurnStep derive_agent_step(const TurnPlan& plan) {
  TurnStep step{.argv = derive_agent_argv(plan), .output = plan.agent->output, .prices = plan.agent->prices};
  if (plan.agent->input == AgentCommand::Input::prompt) {
    step.standard_input = path_in(plan.paths.files, turn_entry::prompt);
  }
  return step;
}

// In the clone and in the sandbox: the clone's own configuration has a say in what git does there.
TurnStep derive_base_fetch(const TurnPlan& plan) {
  return {.argv = {plan.programs.git, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0",
                   "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
                   "--no-write-fetch-head", "origin",
                   fmt::format("+refs/heads/{0}:refs/remotes/origin/{0}", plan.base_branch)},
          .failure = TurnStep::Failure::ignored,
          .timeout = base_fetch_timeout};
}

bool is_further_turn(TurnKind kind) {
  return kind != TurnKind::first && kind != TurnKind::redispatch && kind != TurnKind::verify;
}

// What a step must not know, because it is a reviewer's: the commands run what an agent wrote.
std::vector<std::string> list_names_of_others(const TurnPlan& plan, const TurnReviewer* self) {
  const std::vector<std::string> own =
      self == nullptr ? std::vector<std::string>() : list_credential_names(self->agent);
  std::vector<std::string> names;
  for (const TurnReviewer& reviewer : plan.reviewers) {
    for (std::string& name : list_credential_names(reviewer.agent)) {
      if (std::ranges::find(own, name) == own.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

TurnStep derive_review_step(const TurnPlan& plan, const TurnReviewer& reviewer) {
  TurnStep step{.header = "review by " + reviewer.name,
                .red_when = reviewer.agent.red_when,
                .variables = reviewer.agent.variables,
                .withheld = list_names_of_others(plan, &reviewer)};
  for (const std::string& argument : reviewer.agent.argv) {
    step.argv.push_back(replace_all(argument, "{base}", plan.base_head));
  }
  step.argv.front() = reviewer.program;
  if (plan.sandbox) {
    step.variables.insert(step.variables.end(), reviewer.agent.sandboxed_variables.begin(),
                          reviewer.agent.sandboxed_variables.end());
  }
  if (!reviewer.agent.state_variable.empty()) {
    step.variables.emplace_back(reviewer.agent.state_variable, plan.paths.review_state);
  }
  return step;
}

std::vector<TurnStep> derive_steps(const TurnPlan& plan) {
  std::vector<TurnStep> steps;
  if (is_verify(plan)) {
    for (const std::string& command : plan.order.verify_commands) {
      steps.push_back({.argv = {plan.programs.shell, "-c", command},
                       .header = command,
                       .withheld = list_names_of_others(plan, nullptr)});
    }
    for (const TurnReviewer& reviewer : plan.reviewers) {
      steps.push_back(derive_review_step(plan, reviewer));
    }
    return steps;
  }
  if (is_further_turn(plan.order.kind) && !plan.base_branch.empty()) {
    steps.push_back(derive_base_fetch(plan));
  }
  steps.push_back(derive_agent_step(plan));
  return steps;
}

SandboxView derive_view(const TurnPlan& plan) {
  SandboxView view = *plan.sandbox;
  view.read_only.push_back(plan.paths.mirror);
  if (!plan.proxy.empty()) {
    view.proxy_socket = plan.paths.proxy_socket;
  }
  if (is_verify(plan)) {
    view.writable.push_back(plan.paths.checkout);
    view.working_folder = plan.paths.checkout;
    return view;
  }
  view.read_only.push_back(plan.paths.files);
  if (!is_container(view.kind)) {
    view.read_only.push_back(plan.programs.agent);
  }
  view.read_only.insert(view.read_only.end(), plan.agent->credential_files.begin(), plan.agent->credential_files.end());
  view.configuration = plan.agent->read_only_paths;
  view.writable = {plan.paths.clone, plan.paths.report_folder};
  if (keeps_state(plan)) {
    view.writable.push_back(plan.paths.state);
  }
  view.working_folder = plan.paths.clone;
  return view;
}

void add_proxy_variables(const TurnPlan& plan, EnvironmentVariables& variables) {
  if (plan.proxy.empty()) {
    return;
  }
  const std::string proxy = fmt::format("http://127.0.0.1:{}", sandbox_proxy_port);
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"}) {
    variables.emplace_back(name, proxy);
  }
  for (const char* name : {"NO_PROXY", "no_proxy"}) {
    variables.emplace_back(name, "localhost,127.0.0.1,::1");
  }
}

EnvironmentVariables derive_variables(const TurnPlan& plan) {
  EnvironmentVariables variables{{"AFK_RUN", plan.order.run.text}, {"AFK_TURN", plan.order.turn.text}};
  add_proxy_variables(plan, variables);
  if (is_verify(plan)) {
    return variables;
  }
  variables.insert(variables.end(), plan.agent->variables.begin(), plan.agent->variables.end());
  if (plan.sandbox) {
    variables.insert(variables.end(), plan.agent->sandboxed_variables.begin(), plan.agent->sandboxed_variables.end());
  }
  if (keeps_state(plan)) {
    variables.emplace_back(plan.agent->state_variable, plan.paths.state);
  }
  variables.emplace_back("AFK_PROMPT_FILE", path_in(plan.paths.files, turn_entry::prompt));
  variables.emplace_back("AFK_REPORT", path_in(plan.paths.report_folder, turn_entry::report));
  const bool has_issue =
      std::ranges::any_of(plan.order.files, [](const PromptFile& file) { return file.name == issue_file; });
  if (has_issue) {
    variables.emplace_back("AFK_ISSUE_FILE", path_in(plan.paths.files, issue_file));
  }
  return variables;
}

std::vector<std::string> derive_measured_folders(const TurnPlan& plan) {
  if (is_verify(plan)) {
    return plan.reviewers.empty() ? std::vector{plan.paths.checkout}
                                  : std::vector{plan.paths.checkout, plan.paths.review_state};
  }
  std::vector<std::string> folders{plan.paths.clone, plan.paths.report_folder};
  if (keeps_state(plan)) {
    folders.push_back(plan.paths.state);
  }
  return folders;
}

void show_reviewer(const TurnPlan& plan, const TurnReviewer& reviewer, SandboxView& view) {
  if (!is_container(view.kind)) {
    view.read_only.push_back(reviewer.program);
  }
  view.read_only.insert(view.read_only.end(), reviewer.agent.credential_files.begin(),
                        reviewer.agent.credential_files.end());
  view.configuration = reviewer.agent.read_only_paths;
  view.writable.push_back(plan.paths.review_state);
}

void put_into_sandbox(const TurnPlan& plan, TurnDocument& document) {
  const SandboxView shared = derive_view(plan);
  const std::size_t first_review = document.steps.size() - plan.reviewers.size();
  for (std::size_t index = 0; index < document.steps.size(); ++index) {
    TurnStep& step = document.steps[index];
    SandboxView view = shared;
    for (const auto* variables : {&document.variables, &step.variables}) {
      for (const auto& [name, value] : *variables) {
        view.variables.push_back(name);
      }
    }
    if (index >= first_review) {
      show_reviewer(plan, plan.reviewers[index - first_review], view);
    }
    view.container = fmt::format("afk-{}-{}", plan.order.turn.text, index);
    step.argv = derive_sandbox_argv(view, step.argv);
    step.removal = derive_sandbox_removal(view);
    // The program that runs a container hands signals on; bubblewrap would take the agent with it.
    step.child = is_container(view.kind) ? TurnStep::Child::itself : TurnStep::Child::sandbox;
  }
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

} // namespace

TurnDocument derive_turn_document(const TurnPlan& plan) {
  TurnDocument document{.turn = plan.order.turn,
                        .agent = plan.order.agent,
                        .branch = is_verify(plan) ? "" : plan.order.branch,
                        .verify_head = plan.order.verify_head,
                        .steps = derive_steps(plan),
                        .working_folder = is_verify(plan) ? plan.paths.checkout : plan.paths.clone,
                        .measured_folders = derive_measured_folders(plan),
                        .variables = derive_variables(plan),
                        .limits = plan.limits,
                        .proxy = plan.proxy};
  if (plan.sandbox) {
    put_into_sandbox(plan, document);
  }
  return document;
}

EnvironmentVariables derive_agent_environment(const EnvironmentVariables& environment,
                                              const std::vector<std::string>& further) {
  EnvironmentVariables variables{{"TERM", "dumb"}};
  std::vector<std::string> names{"PATH", "HOME", "LANG", "USER"};
  names.insert(names.end(), further.begin(), further.end());
  std::set<std::string> taken{"TERM"};
  for (const std::string& name : names) {
    auto value = find_variable(environment, name);
    if (value && taken.insert(name).second) {
      variables.emplace_back(name, std::move(*value));
    }
  }
  return variables;
}

std::vector<std::string> list_credential_names(const ProcessAgent& agent) {
  std::vector<std::string> names = agent.environment;
  names.insert(names.end(), agent.credential_variables.begin(), agent.credential_variables.end());
  return names;
}

std::optional<std::string> find_unfit_path(const TurnPlan& plan) {
  return plan.sandbox ? find_unfit_path(derive_view(plan)) : std::nullopt;
}

Result<void> check_order(const Order& order) {
  const auto wrong = [&](std::string_view what) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("the order for turn {} cannot be carried out: {}", order.turn.text, what)};
  };
  if (!parse_run_name(order.run.text) || order.redispatch < 0) {
    return wrong("its run has no legal name");
  }
  if (!parse_turn_name(order.turn.text) || derive_turn_kind(order.turn) != order.kind) {
    return wrong("its name and its kind do not belong together");
  }
  if (order.kind == TurnKind::verify && (order.verify_head.empty() || order.verify_commands.empty())) {
    return wrong("there is no head or no command to verify it with");
  }
  std::set<std::string_view> names{turn_entry::prompt};
  for (const PromptFile& file : order.files) {
    if (!is_file_name(file.name) || !names.insert(file.name).second) {
      return wrong("its files have illegal names, or two have the same");
    }
  }
  return {};
}

} // namespace afk::adapter

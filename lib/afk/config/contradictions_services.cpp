// Contradictions of the tables that name something outside: tracker, people, agents, executors, doorbells, keys.
#include <afk/config/contradictions.hpp>
#include <afk/config/keys.hpp>
#include <afk/config/kubernetes_rules.hpp>
#include <afk/config/nearest.hpp>
#include <afk/config/read_text.hpp>
#include <afk/core/agent_command.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace afk::config {
namespace {

template <typename Settings>
std::vector<std::string> list_names(const std::map<std::string, Settings>& tables) {
  std::vector<std::string> names;
  names.reserve(tables.size());
  for (const auto& [name, settings] : tables) {
    names.push_back(name);
  }
  return names;
}

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

void check_tracker_url(Assembly& assembly) {
  const TrackerSettings& tracker = assembly.config.tracker;
  if (!assembly.are_sound({"tracker.kind", "tracker.url"})) {
    return;
  }
  if (tracker.kind == TrackerKind::directory && tracker.url.empty()) {
    assembly.refuse("tracker.url", "the directory tracker needs its folder", "write url = \"tracker\", for example");
  } else if (tracker.kind == TrackerKind::directory && is_url(tracker.url)) {
    assembly.refuse("tracker.url", "the directory tracker is a folder of this machine, this is a URL",
                    "write a path, or kind = \"github\" or \"forgejo\"");
  } else if (tracker.kind == TrackerKind::forgejo && tracker.url.empty()) {
    assembly.refuse("tracker.url", "nothing says where the forge is",
                    "write url = \"https://forge.example/api/v1\", with the forge's own name");
  } else if (tracker.kind != TrackerKind::directory && !tracker.url.empty() && !is_url(tracker.url)) {
    assembly.refuse(
        "tracker.url",
        fmt::format("a tracker of kind = \"{}\" has a URL, this is a path", render_tracker_kind(tracker.kind)),
        "write the API root, as \"https://forge.example/api/v1\"");
  }
}

void check_tracker_token(Assembly& assembly) {
  const TrackerSettings& tracker = assembly.config.tracker;
  if (!assembly.are_sound({"tracker.kind", "tracker.token_file", "tracker.token_env", "tracker.token_command"})) {
    return;
  }
  std::vector<std::string> given;
  for (const auto& [key, is_given] : {std::pair("tracker.token_file", !tracker.token_file.empty()),
                                      std::pair("tracker.token_env", !tracker.token_env.empty()),
                                      std::pair("tracker.token_command", !tracker.token_command.empty())}) {
    if (is_given) {
      given.emplace_back(key);
    }
  }
  if (tracker.kind == TrackerKind::directory) {
    for (const std::string& key : given) {
      assembly.refuse(key, "the directory tracker asks nobody for permission, so that there is no token",
                      "leave the key out, or write kind = \"github\" or \"forgejo\"");
    }
    return;
  }
  if (given.empty()) {
    assembly.refuse("tracker.token_file", "the forge needs a token",
                    "write token_file = \"...\", or token_env, or token_command");
  }
  for (std::size_t index = 1; index < given.size(); ++index) {
    assembly.refuse(given[index], fmt::format("the token has one source, and {} is one already", given[0]),
                    "keep one of the two");
  }
}

// Keys that only one kind of tracker has are not passed over in silence for the others.
void check_tracker_api(Assembly& assembly) {
  const TrackerSettings& tracker = assembly.config.tracker;
  const TrackerSettings usual;
  if (tracker.kind == TrackerKind::github ||
      !assembly.are_sound({"tracker.kind", "tracker.api", "tracker.api_version"})) {
    return;
  }
  for (const auto& [key, is_usual] : {std::pair("tracker.api", tracker.api == usual.api),
                                      std::pair("tracker.api_version", tracker.api_version == usual.api_version)}) {
    if (!is_usual) {
      assembly.refuse(key, "only GitHub has this choice", "leave the key out");
    }
  }
}

void check_token_variable(Assembly& assembly) {
  const std::string& name = assembly.config.tracker.token_env;
  if (name.empty() || !assembly.are_sound({"tracker.token_env"})) {
    return;
  }
  const auto value = find_variable(assembly.environment(), name);
  if (!value || value->empty()) {
    // The name is not repeated: somebody may have written the token itself.
    assembly.refuse("tracker.token_env", "the environment has no such variable, or it is empty",
                    "write the name of the variable, and set it");
  }
}

std::string find_executor(const Config& config, const AgentSettings& agent, Assembly& assembly,
                          const std::string& key) {
  if (config.executors.contains(agent.executor) ||
      !assembly.are_sound({key, join_key(executors_table, render_key_part(agent.executor))})) {
    return {};
  }
  const std::vector<std::string> names = list_names(config.executors);
  const auto nearest = find_nearest(agent.executor, names);
  return nearest ? fmt::format("did you mean \"{}\"?", *nearest)
                 : fmt::format("write a table [executors.{}], or one of: {}", render_key_part(agent.executor),
                               fmt::join(names, ", "));
}

void check_agent(Assembly& assembly, const std::string& name, const AgentSettings& agent) {
  const std::string table = join_key(agents_table, name);
  const std::string executor_hint = find_executor(assembly.config, agent, assembly, table + ".executor");
  if (!executor_hint.empty()) {
    assembly.refuse(table + ".executor", fmt::format("there is no executor {}", quote_value(agent.executor)),
                    executor_hint);
  }
  if (!assembly.are_sound({table + ".command", table + ".argv"})) {
    return;
  }
  check_agent_program(assembly, table, agent);
  if (agent.command.find_first_of(" /") != std::string::npos) {
    assembly.refuse(table + ".command", "this is not a row of the command table",
                    "a program with a path or with arguments is written as argv = [\"...\", \"...\"]");
  }
  if (!agent.command.empty() && !agent.argv.empty()) {
    assembly.refuse(table + ".argv", "command and argv exclude each other", "keep one of the two");
  }
  const auto executor = assembly.config.executors.find(agent.executor);
  const bool is_process =
      executor != assembly.config.executors.end() && std::holds_alternative<ProcessExecutorSettings>(executor->second);
  if (executor != assembly.config.executors.end() && !is_process) {
    for (const auto& [key, is_given] : {std::pair("credentials_env", !agent.credentials_env.empty()),
                                        std::pair("credential_files", !agent.credential_files.empty()),
                                        std::pair("configuration_paths", !agent.configuration_paths.empty())}) {
      if (is_given) {
        assembly.refuse(fmt::format("{}.{}", table, key),
                        "only a process executor hands things of this machine to an agent", "leave the key out");
      }
    }
  }
  if (is_process && agent.command.empty() && agent.argv.empty()) {
    assembly.refuse(table + ".command", "nothing says which program this agent is",
                    "write command = \"claude\", or argv = [\"...\", \"...\"]");
  }
}

void require_text(Assembly& assembly, const std::string& key, std::string_view value, std::string_view hint) {
  if (value.empty() && assembly.are_sound({key})) {
    assembly.refuse(key, "this executor needs it", fmt::format("write {}", hint));
  }
}

bool is_proxy_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return false;
  }
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  int number = 0;
  const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), number);
  constexpr std::string_view legal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  return status == std::errc{} && end == port.data() + port.size() && number > 0 && number <= 65535 &&
         host.find_first_not_of(legal) == std::string_view::npos && host.front() != '-';
}

void check_network(Assembly& assembly, const std::string& table, const ProcessExecutorSettings& settings) {
  using Sandbox = ProcessExecutorSettings::Sandbox;
  using Network = ProcessExecutorSettings::Network;
  if (!assembly.are_sound({table + ".sandbox", table + ".network", table + ".proxy"})) {
    return;
  }
  if (settings.network != Network::on && settings.sandbox == Sandbox::none) {
    assembly.refuse(table + ".network", "without a sandbox nothing keeps an agent from the network",
                    "write network = \"on\", or choose a sandbox");
  } else if (settings.network == Network::proxy && settings.sandbox != Sandbox::bubblewrap) {
    assembly.refuse(table + ".network", "a container is not held to one proxy by afk",
                    "write sandbox = \"bubblewrap\", or network = \"on\" or \"off\"");
  }
  if (settings.network == Network::proxy && !is_proxy_address(settings.proxy)) {
    assembly.refuse(table + ".proxy", "with network = \"proxy\" this says which one, as host:port and nothing more",
                    "write proxy = \"127.0.0.1:3128\", for example");
  } else if (settings.network != Network::proxy && !settings.proxy.empty()) {
    assembly.refuse(table + ".proxy", "without network = \"proxy\" it would never be used",
                    "write network = \"proxy\", or leave it out");
  }
}

void check_process(Assembly& assembly, const std::string& table, const ProcessExecutorSettings& settings) {
  check_network(assembly, table, settings);
  if (!assembly.are_sound({table + ".sandbox", table + ".image"})) {
    return;
  }
  using Sandbox = ProcessExecutorSettings::Sandbox;
  const bool container = settings.sandbox == Sandbox::docker || settings.sandbox == Sandbox::podman;
  if (container && settings.image.empty()) {
    assembly.refuse(table + ".image", "a container is made from an image", "write image = \"registry/name:tag\"");
  }
  if (!container && !settings.image.empty()) {
    assembly.refuse(table + ".image", "only sandbox = \"docker\" and \"podman\" have an image",
                    "leave the key out, or choose one of the two");
  }
}

void check_handoff(Assembly& assembly, const std::string& table, const HandoffExecutorSettings& settings) {
  require_text(assembly, table + ".label", settings.label, "label = \"...\"");
  const LabelSettings& labels = assembly.config.labels;
  for (const auto& [name, label] : {std::pair("ready", &labels.ready), std::pair("in_progress", &labels.in_progress),
                                    std::pair("human", &labels.human), std::pair("question", &labels.question),
                                    std::pair("paused", &labels.paused)}) {
    if (equal_ascii_folded(settings.label, *label)) {
      assembly.refuse(table + ".label", fmt::format("{} is the label of labels.{}", quote_value(settings.label), name),
                      "hand issues over with a label of its own");
    }
  }
}

void check_kubernetes(Assembly& assembly, const std::string& table, const KubernetesExecutorSettings& settings) {
  const auto& space = settings.job_namespace;
  if (!space.empty() && !is_namespace_name(space)) {
    assembly.refuse(table + ".namespace", fmt::format("{} is no name of a namespace", quote_value(space)),
                    "it has small letters, digits and hyphens");
  }
  if (settings.template_file.empty()) { // which may name both
    require_text(assembly, table + ".image", settings.image, "image = \"registry/agent:tag\"");
    require_text(assembly, table + ".carrier_image", settings.carrier_image, "carrier_image = \"registry/afk:tag\"");
  }
  if (!settings.credential_secret.empty() && settings.credential_secret == settings.agent_secret) {
    assembly.refuse(table + ".agent_secret", "the agents would get what opens the repositories",
                    "keep the two in Secrets of their own");
  }
}

struct CheckExecutor {
  Assembly& assembly;
  const std::string& table;

  void operator()(const ProcessExecutorSettings& settings) const { check_process(assembly, table, settings); }

  void operator()(const T3ExecutorSettings& settings) const {
    require_text(assembly, table + ".url", settings.url, "url = \"http://localhost:3773\"");
    require_text(assembly, table + ".workspace_root", settings.workspace_root,
                 "the folder on the server, as workspace_root = \"/srv/work\"");
    if (!settings.workspace_root.empty() && !settings.workspace_root.starts_with('/')) {
      assembly.refuse(table + ".workspace_root", "a path on a server is absolute");
    }
    require_text(assembly, table + ".token_file", settings.token_file.text,
                 "the file with the token, as token_file = \"t3-token\"");
  }

  void operator()(const KubernetesExecutorSettings& settings) const {
    require_text(assembly, table + ".namespace", settings.job_namespace, "namespace = \"afk-agents\"");
    check_kubernetes(assembly, table, settings);
  }

  void operator()(const HttpExecutorSettings& settings) const {
    require_text(assembly, table + ".url", settings.url, "url = \"https://agents.example/v1\"");
  }

  void operator()(const HandoffExecutorSettings& settings) const { check_handoff(assembly, table, settings); }
};

} // namespace

void check_tracker(Assembly& assembly) {
  check_tracker_url(assembly);
  check_tracker_token(assembly);
  check_tracker_api(assembly);
  check_token_variable(assembly);
}

void check_trust(Assembly& assembly) {
  if (!assembly.are_sound({"tracker.kind", "trust.labelers", "trust.labeler"})) {
    return;
  }
  const bool directory = assembly.config.tracker.kind == TrackerKind::directory;
  const TrustSettings& trust = assembly.config.trust;
  for (const ListedLabeler& labeler : trust.labelers) {
    if (directory && !labeler.id.empty()) {
      assembly.refuse("trust.labelers",
                      fmt::format("{} has an id, and the directory tracker knows OS users by name",
                                  quote_value(labeler.id + ":" + labeler.login)),
                      fmt::format("write {}", quote_value(labeler.login)));
    } else if (!directory && labeler.id.empty()) {
      assembly.refuse("trust.labelers",
                      fmt::format("{} is only a login, which somebody else could register again one day",
                                  quote_value(labeler.login)),
                      "write \"<numeric id>:<login>\", as \"583231:octocat\"");
    }
  }
  if (!directory && trust.labeler == TrustSettings::Labeler::listed && trust.labelers.empty()) {
    assembly.refuse("trust.labeler", "nobody is listed, so that no arming would ever count",
                    "write labelers = [\"<numeric id>:<login>\"], or another labeler");
  }
}

void check_agents(Assembly& assembly) {
  const Config& config = assembly.config;
  for (const auto& [name, agent] : config.agents) {
    check_agent(assembly, name, agent);
  }
  const std::string& wanted = config.routing.default_agent;
  const auto chosen = config.agents.find(wanted);
  if (chosen != config.agents.end() && derive_agent_kind(chosen->second) == AgentSettings::Kind::review) {
    assembly.refuse("routing.default_agent", fmt::format("{} judges work and does none", quote_value(wanted)),
                    "name an agent that works");
  }
  if (chosen != config.agents.end() ||
      !assembly.are_sound({"routing.default_agent", join_key(agents_table, render_key_part(wanted))})) {
    return;
  }
  const std::vector<std::string> names = list_names(config.agents);
  const auto nearest = find_nearest(wanted, names);
  assembly.refuse("routing.default_agent", fmt::format("there is no agent {}", quote_value(wanted)),
                  nearest         ? fmt::format("did you mean \"{}\"?", *nearest)
                  : names.empty() ? fmt::format("write a table [agents.{}]", render_key_part(wanted))
                                  : fmt::format("write one of: {}", fmt::join(names, ", ")));
}

void check_executors(Assembly& assembly) {
  for (const auto& [name, settings] : assembly.config.executors) {
    const std::string table = join_key(executors_table, name);
    std::visit(CheckExecutor{.assembly = assembly, .table = table}, settings);
  }
}

void check_notifiers(Assembly& assembly) {
  for (const auto& [name, settings] : assembly.config.notify) {
    const std::string table = join_key(notify_table, name);
    if (!assembly.is_written(table + ".kind")) {
      assembly.refuse(table + ".kind", "a doorbell says what it is", "write kind = \"slack\", \"ntfy\" or \"webhook\"");
    }
    if (settings.url_file.empty() && assembly.are_sound({table + ".url_file"})) {
      assembly.refuse(table + ".url_file", "nothing says where to ring",
                      "write the address into a file that only you can read, and url_file = \"<that file>\"");
    }
  }
}

void check_card(Assembly& assembly) {
  const CardSettings& card = assembly.config.card;
  if (!assembly.are_sound({"card.key_file", "card.previous_key_files"})) {
    return;
  }
  if (card.key_file.empty() && !card.previous_key_files.empty()) {
    assembly.refuse("card.previous_key_files", "there are previous keys, but no present one",
                    "write key_file as well, or leave both out");
  } else if (std::ranges::find(card.previous_key_files, card.key_file) != card.previous_key_files.end()) {
    assembly.refuse("card.previous_key_files", "the present key is among the previous ones", "leave it out here");
  }
}

} // namespace afk::config

#include <afk/cli/session_kubernetes.hpp>

#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/kubeconfig_codec.hpp>
#include <afk/adapter/workspace_clone.hpp>
#include <afk/adapter/yaml_codec.hpp>
#include <afk/cli/process_agent.hpp>
#include <afk/config/guarded_file.hpp>
#include <afk/core/longest_run.hpp>
#include <afk/core/repository_settings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>

namespace afk::cli {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;

// Below the state folder of the user, as the base directory specification has it.
Result<std::string> derive_root(const config::Environment& environment, const std::string& name) {
  const std::string state(config::find_variable(environment, "XDG_STATE_HOME").value_or(""));
  const std::string home(config::find_variable(environment, "HOME").value_or(""));
  if (state.starts_with('/'))
    return fmt::format("{}/afk/kubernetes/{}", state, name);
  if (home.starts_with('/'))
    return fmt::format("{}/.local/state/afk/kubernetes/{}", home, name);
  return Error{ErrorKind::configuration, "neither XDG_STATE_HOME nor HOME says where repositories could be mirrored"};
}

Result<adapter::KubernetesJobSettings> derive_jobs(const KubernetesExecutorSettings& settings,
                                                   std::chrono::seconds longest_run) {
  adapter::KubernetesJobSettings jobs;
  jobs.job_namespace = settings.job_namespace;
  jobs.carrier_image = settings.carrier_image;
  jobs.agent_image = settings.image;
  jobs.credential_secret = settings.credential_secret;
  jobs.agent_secret = settings.agent_secret;
  jobs.longest_run = longest_run;
  if (settings.template_file.empty())
    return jobs;
  auto text = config::read_guarded_file(
      {.path = settings.template_file.text, .use = config::FileUse::trusted, .limit = largest_file});
  auto json = text ? adapter::convert_yaml_to_json(*text) : Result<std::string>(std::move(text).error());
  if (!json) {
    json = with_context("template_file", std::move(json).error());
    return Error{ErrorKind::configuration, json.error().message};
  }
  jobs.job_template = std::move(*json);
  return jobs;
}

// A path of this machine is none of a pod's.
Result<adapter::PodSource> derive_pod_source(const KubernetesSurroundings& around, const RepositoryName& repository) {
  auto found = around.find_repository(repository);
  if (!found)
    return std::move(found).error();
  auto settings = derive_repository_settings(around.config, repository);
  if (!settings)
    return std::move(settings).error();
  return adapter::PodSource{found->source.clone_url, found->source.base, settings->lifecycle.protected_paths};
}

// The head has to be the run's branch on the remote, where the pod takes it from.
Result<void> check_head(const KubernetesSurroundings& around, const Order& order) {
  auto found = around.find_repository(order.issue.repository);
  if (!found)
    return std::move(found).error();
  auto remote = adapter::derive_remote(found->source);
  if (!remote)
    return std::move(remote).error();
  auto branches = adapter::look_at_remote(around.git, *remote, std::array{order.branch});
  if (!branches)
    return std::move(branches).error();
  const auto head = branches->heads.find(order.branch);
  if (head != branches->heads.end() && head->second == order.verify_head)
    return {};
  return Error{ErrorKind::conflict,
               fmt::format("{} is not the head of {} on the remote: look again", order.verify_head, order.branch)};
}

} // namespace

Result<adapter::KubernetesAccess> open_cluster_access(const config::Environment& environment,
                                                      const FilePath& kubeconfig) {
  if (kubeconfig.empty())
    return adapter::open_pod_access(environment, std::string(adapter::service_account_folder));
  auto text =
      config::read_guarded_file({.path = kubeconfig.text, .use = config::FileUse::secret, .limit = largest_file});
  if (!text)
    return std::move(text).error();
  auto parsed = adapter::parse_kubeconfig(*text);
  if (!parsed)
    return std::move(parsed).error();
  return adapter::open_kubeconfig_access(
      std::move(*parsed), std::filesystem::path(kubeconfig.text).parent_path().string(),
      [](const std::string& path) { return config::read_secret_file(FilePath{path}); });
}

Result<std::unique_ptr<KubernetesParts>> open_kubernetes(const KubernetesSurroundings& surroundings,
                                                         const std::string& name,
                                                         const KubernetesExecutorSettings& settings) {
  const config::Environment& environment = surroundings.invocation.environment;
  auto root = derive_root(environment, name);
  if (!root)
    return std::move(root).error();
  auto access = open_cluster_access(environment, settings.kubeconfig);
  if (!access)
    return std::move(access).error();
  auto jobs = derive_jobs(settings, derive_longest_run(surroundings.config));
  if (!jobs)
    return std::move(jobs).error();
  if (auto checked = adapter::check_job_settings(*jobs); !checked)
    return with_context("executors." + name, std::move(checked).error());

  adapter::KubernetesExecutorSetup setup;
  setup.jobs = std::move(*jobs);
  for (const auto& [agent_name, agent] : surroundings.config.agents) {
    if (agent.executor != name)
      continue;
    auto process_agent = derive_process_agent(agent, "/afk/home");
    if (!process_agent)
      return with_context("agents." + agent_name, std::move(process_agent).error());
    adapter::KubernetesAgent pod_agent{.argv = std::move(process_agent->argv),
                                       .input = process_agent->input,
                                       .output = process_agent->output,
                                       .prices = process_agent->prices,
                                       .variables = std::move(process_agent->variables)};
    std::ranges::move(process_agent->sandboxed_variables, std::back_inserter(pod_agent.variables));
    setup.agents.emplace(agent_name, std::move(pod_agent));
  }
  setup.derive_source = [surroundings](const RepositoryName& repository) {
    return derive_pod_source(surroundings, repository);
  };
  setup.check_head = [surroundings](const Order& order) { return check_head(surroundings, order); };
  const bool is_dry = surroundings.mode == loop::TickReport::Mode::dry_run;
  if (is_dry)
    setup.access = adapter::KubernetesExecutorSetup::Access::read_only;

  auto parts = std::make_unique<KubernetesParts>(surroundings.git, *root);
  parts->api =
      std::make_unique<adapter::KubernetesApi>(surroundings.transport, std::move(*access), surroundings.patience);
  parts->executor =
      std::make_unique<adapter::KubernetesExecutor>(std::move(setup), *parts->api, surroundings.invocation.clock);
  adapter::LandingRemoteSettings landing;
  landing.landing.find_repository = surroundings.find_repository;
  landing.landing.scratch_root = std::filesystem::temp_directory_path();
  if (is_dry)
    landing.access = adapter::LandingRemoteSettings::Access::read_only;
  parts->landing = std::make_unique<adapter::LandingRemote>(surroundings.git, parts->workspace, std::move(landing));
  return parts;
}

} // namespace afk::cli

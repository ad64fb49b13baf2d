#pragma once
// One executor of kind "kubernetes" with everything that belongs to it.

#include <afk/adapter/executor_kubernetes.hpp>
#include <afk/adapter/landing_remote.hpp>
#include <afk/cli/commands.hpp>
#include <afk/config/parse_configuration.hpp>
#include <afk/loop/report.hpp>

#include <functional>
#include <memory>
#include <string>

namespace afk::cli {

struct KubernetesParts {
  KubernetesParts(adapter::Git& git, const std::string& root) : workspace(git, adapter::WorkspaceLayout(root)) {}

  adapter::Workspace workspace; // what runs have pushed, brought here to be looked at
  std::unique_ptr<adapter::KubernetesApi> api;
  std::unique_ptr<adapter::KubernetesExecutor> executor;
  std::unique_ptr<adapter::LandingRemote> landing;
};

// What the session shares with it; all of it outlives the parts.
struct KubernetesSurroundings {
  Invocation& invocation;
  const Config& config;
  adapter::Git& git;
  http::Transport& transport;
  loop::TickReport::Mode mode;
  Duration patience; // of one request
  std::function<Result<adapter::LandingRepository>(const RepositoryName& repository)> find_repository;
};

// As `kubeconfig` says; without one, as the pod that this is. Fails with `configuration`. Makes no request.
Result<adapter::KubernetesAccess> open_cluster_access(const config::Environment& environment,
                                                      const FilePath& kubeconfig);

// Fails with `configuration` where kubeconfig, template or agents cannot be used. Makes no request.
Result<std::unique_ptr<KubernetesParts>> open_kubernetes(const KubernetesSurroundings& surroundings,
                                                         const std::string& name,
                                                         const KubernetesExecutorSettings& settings);

} // namespace afk::cli

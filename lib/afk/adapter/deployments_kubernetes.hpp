#pragma once
// Deployments that are Deployments of a cluster: which commit one runs stands in an annotation of its pod template, and
// how far its rollout has come in its status, read as `kubectl rollout status` does
// (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status). The template's annotation
// changes only with the pods, so that it cannot name what does not run.
//
// Deployed: the controller has seen the newest template, and all pods that are wanted, at least one, are of it and
// available, and no others are left. Failed: the controller gave up waiting. Absent: there is no such Deployment.

#include <afk/adapter/kubernetes_api.hpp>
#include <afk/adapter/kubernetes_codec.hpp>
#include <afk/port/deployments.hpp>

#include <string>

namespace afk::adapter {

struct KubernetesDeploymentsSettings {
  std::string rollout_namespace;
  std::string name;       // {owner} and {name} stand for the repository's, in small letters
  std::string annotation; // of the pod template
};

class KubernetesDeployments final : public Deployments {
 public:
  KubernetesDeployments(KubernetesApi api, KubernetesDeploymentsSettings settings);

  // One batch for all of them, one request for each Deployment. A Deployment that names no commit is `malformed`.
  std::vector<Result<DeploymentEvidence>> inspect(std::span<const DeploymentQuery> queries) override;

 private:
  [[nodiscard]] std::string derive_target(const RepositoryName& repository) const;
  [[nodiscard]] Result<DeploymentEvidence> judge(const Result<http::Response>& answer) const;

  KubernetesApi api_;
  KubernetesDeploymentsSettings settings_;
};

} // namespace afk::adapter

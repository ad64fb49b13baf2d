#pragma once
// Deployments that a GitHub knows of: port/deployments.hpp. Of one environment, or of any where none is named; the
// newest that says anything counts.

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/port/deployments.hpp>

#include <string>
#include <utility>

namespace afk::adapter {

class GithubDeployments final : public Deployments {
 public:
  // Both outlive it. `environment`: "" = any.
  GithubDeployments(GithubClient& client, GithubMemory& memory, std::string environment)
      : client_(client), memory_(memory), environment_(std::move(environment)) {}

  std::vector<Result<DeploymentEvidence>> inspect(std::span<const DeploymentQuery> queries) override;

 private:
  Result<DeploymentEvidence> fetch(const RepositoryName& repository);
  Result<DeploymentEvidence> fetch_by_graphql(const RepositoryName& repository);
  Result<DeploymentEvidence> fetch_by_rest(const RepositoryName& repository);

  GithubClient& client_;
  GithubMemory& memory_;
  std::string environment_;
};

} // namespace afk::adapter

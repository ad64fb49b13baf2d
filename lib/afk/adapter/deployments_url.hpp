#pragma once
// Deployments that tell their revision themselves: a GET on an address of the service, several times in one look, so
// that replicas behind one address are heard too. Nobody is asked with a credential.
//
// All answers name one revision: deployed. They differ: a rollout is under way, pending. 404: nothing is deployed yet.
// What is not there cannot say that it failed, so that `failed` is never answered.

#include <afk/http/transport.hpp>
#include <afk/port/deployments.hpp>

#include <string>

namespace afk::adapter {

struct UrlDeploymentsSettings {
  std::string url;   // {owner} and {name} stand for the repository's
  std::string field; // see deployments_url_codec.hpp
  int confirmations = 1;
  Duration timeout = std::chrono::seconds(10);
};

class UrlDeployments final : public Deployments {
 public:
  // `transport` outlives it.
  UrlDeployments(http::Transport& transport, UrlDeploymentsSettings settings);

  // One batch for all of them. Errors of one service fail the queries of its repository alone.
  std::vector<Result<DeploymentEvidence>> inspect(std::span<const DeploymentQuery> queries) override;

 private:
  Result<http::Url> derive_url(const RepositoryName& repository) const;
  Result<DeploymentEvidence> judge(const std::string& link, std::span<const Result<http::Response>> answers) const;

  http::Transport& transport_;
  UrlDeploymentsSettings settings_;
};

} // namespace afk::adapter

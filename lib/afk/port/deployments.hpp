#pragma once
// Where the work runs: whether a commit that landed is deployed.
//
// Answers of a batch stand in the order asked, each failing for itself. Errors as those of pull_requests.hpp.

#include <afk/core/forge_evidence.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <span>
#include <string>
#include <vector>

namespace afk {

struct DeploymentQuery {
  RepositoryName repository;
  std::string landed_head; // the run's commit on the base
};

class Deployments {
 public:
  virtual ~Deployments() = default;

  // What is deployed now. Whether `revision` contains the landed head is the caller's question to Git.
  virtual std::vector<Result<DeploymentEvidence>> inspect(std::span<const DeploymentQuery> queries) = 0;
};

} // namespace afk

#include <afk/adapter/deployments_github.hpp>

#include <afk/adapter/github_work.hpp>
#include <afk/adapter/github_work_codec.hpp>
#include <afk/adapter/github_work_rest_codec.hpp>

#include <fmt/format.h>

#include <map>
#include <vector>

namespace afk::adapter {

std::vector<Result<DeploymentEvidence>> GithubDeployments::inspect(std::span<const DeploymentQuery> queries) {
  std::map<RepositoryName, Result<DeploymentEvidence>> known;
  std::vector<Result<DeploymentEvidence>> all;
  for (const DeploymentQuery& query : queries) {
    auto found = known.find(query.repository);
    if (found == known.end()) {
      const auto told = memory_.deployments.find(make_github_key(query.repository, environment_));
      found =
          known
              .emplace(query.repository, told == memory_.deployments.end() ? fetch(query.repository)
                                                                           : Result<DeploymentEvidence>(told->second))
              .first;
    }
    all.push_back(found->second);
  }
  return all;
}

Result<DeploymentEvidence> GithubDeployments::fetch(const RepositoryName& repository) {
  return client_.settings().reads == GithubApi::graphql ? fetch_by_graphql(repository) : fetch_by_rest(repository);
}

Result<DeploymentEvidence> GithubDeployments::fetch_by_graphql(const RepositoryName& repository) {
  const GithubWorkPart part{
      .repository = repository, .branch = {}, .head = {}, .base_branch = {}, .environment = environment_};
  const auto answer = client_.exchange(client_.query(render_work_query(std::span(&part, 1))));
  if (!answer.ok()) {
    return answer.error();
  }
  auto works = parse_github_work(*answer, std::span(&part, 1), client_.asked());
  if (!works.ok()) {
    return std::move(works).error();
  }
  auto& work = works->front();
  return work.ok() ? Result<DeploymentEvidence>(std::move(work->deployment)) : Result<DeploymentEvidence>(work.error());
}

// A deployment and its statuses are two lists: of the newest few, one request each.
Result<DeploymentEvidence> GithubDeployments::fetch_by_rest(const RepositoryName& repository) {
  const std::string filter = environment_.empty() ? "" : "&environment=" + encode_github_value(environment_);
  const auto answer =
      client_.exchange(client_.read(render_github_path(repository, {"deployments"}) + "?per_page=10" + filter));
  if (!answer.ok()) {
    return answer.error();
  }
  if (auto error = derive_github_error(*answer, client_.asked())) {
    return *std::move(error);
  }
  auto deployments = parse_rest_deployments(*answer, client_.asked());
  if (!deployments.ok()) {
    return std::move(deployments).error();
  }
  std::vector<http::Request> requests;
  for (const GithubRestDeployment& one : *deployments) {
    requests.push_back(
        client_.read(render_github_path(repository, {"deployments", one.id, "statuses"}) + "?per_page=1"));
  }
  const auto statuses = client_.exchange(requests);
  std::vector<DeploymentEvidence> all;
  for (std::size_t index = 0; index < statuses.size(); ++index) {
    if (!statuses[index].ok()) {
      return statuses[index].error();
    }
    if (auto error = derive_github_error(*statuses[index], client_.asked())) {
      return *std::move(error);
    }
    auto evidence = parse_rest_deployment_status(*statuses[index], (*deployments)[index].evidence, client_.asked());
    if (!evidence.ok()) {
      return evidence;
    }
    all.push_back(std::move(*evidence));
  }
  return choose_deployment(all);
}

} // namespace afk::adapter

#include <afk/adapter/deployments_kubernetes.hpp>

#include <afk/adapter/deployments_url_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <map>
#include <utility>

namespace afk::adapter {
namespace {

constexpr int not_found = 404;
constexpr std::size_t longest_problem = 500;

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

DeploymentState derive_state(const RolloutRecord& rollout) {
  if (rollout.observed_generation < rollout.generation) {
    return DeploymentState::pending; // what the status says is about an older template
  }
  const bool is_whole = rollout.wanted > 0 && rollout.updated >= rollout.wanted && rollout.all == rollout.updated &&
                        rollout.available >= rollout.updated;
  if (is_whole) {
    return DeploymentState::deployed;
  }
  return rollout.progress == RolloutRecord::Progress::stuck ? DeploymentState::failed : DeploymentState::pending;
}

} // namespace

KubernetesDeployments::KubernetesDeployments(KubernetesApi api, KubernetesDeploymentsSettings settings)
    : api_(std::move(api)), settings_(std::move(settings)) {}

std::string KubernetesDeployments::derive_target(const RepositoryName& repository) const {
  std::string name = settings_.name;
  replace_all(name, "{owner}", fold_ascii(repository.owner));
  replace_all(name, "{name}", fold_ascii(repository.name));
  return fmt::format("/apis/apps/v1/namespaces/{}/deployments/{}", encode_url_part(settings_.rollout_namespace),
                     encode_url_part(name));
}

std::vector<Result<DeploymentEvidence>> KubernetesDeployments::inspect(std::span<const DeploymentQuery> queries) {
  std::map<std::string, std::size_t> index_of;
  std::vector<ApiRequest> requests;
  for (const DeploymentQuery& query : queries) {
    std::string target = derive_target(query.repository);
    if (index_of.emplace(target, requests.size()).second) {
      requests.push_back({.target = std::move(target)});
    }
  }
  std::vector<Result<http::Response>> heard;
  if (!requests.empty()) {
    heard = api_.exchange(requests);
  }
  std::vector<Result<DeploymentEvidence>> answers;
  for (const DeploymentQuery& query : queries) {
    const std::string target = derive_target(query.repository);
    auto judged = judge(heard.at(index_of.at(target)));
    answers.push_back(judged.ok()
                          ? std::move(judged)
                          : with_context(fmt::format("Deployment {} in {}", target.substr(target.rfind('/') + 1),
                                                     settings_.rollout_namespace),
                                         std::move(judged).error()));
  }
  return answers;
}

Result<DeploymentEvidence> KubernetesDeployments::judge(const Result<http::Response>& answer) const {
  if (!answer.ok()) {
    return answer.error();
  }
  DeploymentEvidence evidence;
  if (answer->status == not_found) {
    return evidence;
  }
  if (auto error = derive_api_error(*answer)) {
    return std::move(*error);
  }
  const auto rollout = parse_rollout(answer->body);
  if (!rollout.ok()) {
    return rollout.error();
  }
  const auto annotation = rollout->template_annotations.find(settings_.annotation);
  if (annotation == rollout->template_annotations.end()) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("its pod template has no annotation {}", settings_.annotation)};
  }
  auto revision = parse_revision(trim_ascii(annotation->second), "its annotation");
  if (!revision.ok()) {
    return std::move(revision).error();
  }
  evidence.revision = std::move(*revision);
  evidence.state = derive_state(*rollout);
  evidence.at = rollout->changed_at;
  if (evidence.state == DeploymentState::failed) {
    evidence.problem =
        truncate_text(clean_single_line(rollout->message), {.max_bytes = longest_problem, .note = "..."});
  }
  return evidence;
}

} // namespace afk::adapter

#include <afk/adapter/github_examination.hpp>

#include <afk/adapter/github_rest_codec.hpp>
#include <afk/core/text.hpp>

#include <utility>

namespace afk::adapter {

namespace {

constexpr int not_found = 404;
constexpr std::size_t longest_scopes = 300;

GithubRepositoryExamination examine_repository(GithubClient& client, const RepositoryName& repository,
                                               std::span<const std::string> labels) {
  std::vector<http::Request> requests{client.read(render_github_path(repository, {}))};
  for (const std::string& label : labels) {
    requests.push_back(client.read(render_github_path(repository, {"labels", label})));
  }
  const auto answers = client.exchange(requests);
  GithubRepositoryExamination examination{
      .asked = repository, .facts = GithubRepositoryFacts{}, .own = Permission::unknown, .missing_labels = {}};
  const auto& first = answers.front();
  if (!first.ok()) {
    examination.facts = first.error();
    return examination;
  }
  if (auto error = derive_github_error(*first, client.asked())) {
    examination.facts = *std::move(error);
    return examination;
  }
  examination.facts = parse_rest_repository(*first, client.asked());
  examination.own = parse_rest_own_permission(*first);
  for (std::size_t index = 0; index < labels.size(); ++index) {
    const auto& answer = answers[index + 1];
    if (answer.ok() && answer->status == not_found) {
      examination.missing_labels.push_back(labels[index]);
    }
  }
  return examination;
}

} // namespace

GithubExamination examine_github(GithubClient& client, const GithubExaminationScope& scope) {
  GithubExamination examination{
      .viewer = client.fetch_viewer(), .scopes = {}, .repositories = {}, .limits = {}, .clock_skew = std::nullopt};
  const auto limits = client.exchange(client.read("/rate_limit"));
  if (limits.ok()) {
    const auto scopes = http::find_header(*limits, "x-oauth-scopes");
    examination.scopes = clean_single_line(scopes.value_or("").substr(0, longest_scopes));
  }
  if (examination.viewer.ok()) {
    for (const RepositoryName& repository : scope.repositories) {
      examination.repositories.push_back(examine_repository(client, repository, scope.labels));
    }
  }
  examination.limits = client.limits();
  examination.clock_skew = client.clock_skew();
  return examination;
}

} // namespace afk::adapter

#include <afk/adapter/github_reader.hpp>

#include <afk/adapter/github_rest_codec.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::adapter {

namespace {

constexpr int not_found = 404;
constexpr int gone = 410;

} // namespace

std::unique_ptr<GithubReader> make_github_reader(const GithubReaderParts& parts) {
  return parts.client.settings().reads == GithubApi::graphql ? make_github_graphql_reader(parts)
                                                             : make_github_rest_reader(parts);
}

IssueRecord make_gone_record(const IssueRef& issue, const std::string& repository_id) {
  IssueRecord record;
  record.issue = issue;
  record.repository_id = repository_id;
  record.state = IssueState::gone;
  return record;
}

Error hide_repository_error(const RepositoryName& repository, Error error) {
  if (error.kind == ErrorKind::not_found) {
    error.kind = ErrorKind::forbidden;
    error.message =
        fmt::format("there is no repository {}, or the token may not see it", render_repository_name(repository));
  }
  return error;
}

http::Request ask_for_permission(const GithubClient& client, const PermissionQuery& query) {
  return client.read(render_github_path(query.repository, {"collaborators", query.actor.login, "permission"}));
}

Result<Permission> read_permission(const GithubClient& client, const PermissionQuery& query,
                                   const Result<http::Response>& answer) {
  if (!answer.ok()) {
    return answer.error();
  }
  const auto error = derive_github_error(*answer, client.asked());
  if (!error) {
    return parse_rest_permission(*answer, query.actor, client.asked());
  }
  // Without the right to ask, or about a login that nobody has any more, GitHub tells nothing.
  if (error->kind == ErrorKind::forbidden || error->kind == ErrorKind::not_found) {
    return Permission::unknown;
  }
  return *error;
}

http::Request ask_for_blockers(const GithubClient& client, const IssueRef& issue) {
  return client.read(
      render_github_path(issue.repository, {"issues", fmt::format("{}", issue.number), "dependencies", "blocked_by"}) +
      "?per_page=100");
}

Result<std::vector<Blocker>> read_blockers(const GithubClient& client, const Result<http::Response>& answer) {
  if (!answer.ok()) {
    return answer.error();
  }
  if (answer->status == not_found || answer->status == gone) {
    return std::vector<Blocker>();
  }
  if (auto error = derive_github_error(*answer, client.asked())) {
    return *std::move(error);
  }
  return parse_rest_blockers(*answer, client.asked());
}

} // namespace afk::adapter

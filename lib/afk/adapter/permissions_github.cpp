#include <afk/adapter/permissions_github.hpp>

#include <afk/adapter/github_reader.hpp>

#include <optional>

namespace afk::adapter {

std::vector<Result<Permission>> GithubPermissions::fetch(std::span<const PermissionQuery> queries) {
  std::vector<std::optional<Result<Permission>>> known;
  std::vector<http::Request> requests;
  for (const PermissionQuery& query : queries) {
    known.push_back(take_remembered(memory_.permissions, make_github_key(query.repository, query.actor.id)));
    if (!known.back()) {
      requests.push_back(ask_for_permission(client_, query));
    }
  }
  const auto answers = client_.exchange(requests);
  std::vector<Result<Permission>> permissions;
  std::size_t next = 0;
  for (std::size_t index = 0; index < queries.size(); ++index) {
    permissions.push_back(known[index] ? *std::move(known[index])
                                       : read_permission(client_, queries[index], answers[next++]));
  }
  return permissions;
}

void GithubPermissions::expect(std::span<const PermissionQuery> queries) {
  memory_.expected.assign(queries.begin(), queries.end());
}

} // namespace afk::adapter

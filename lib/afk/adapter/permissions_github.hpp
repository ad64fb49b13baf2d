#pragma once
// What people may do in repositories of a GitHub: GET /repos/…/collaborators/<login>/permission, which a token may ask
// that can push. The answer counts only where it is about the same account id.
// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/port/permissions.hpp>

namespace afk::adapter {

class GithubPermissions final : public Permissions {
 public:
  // Both outlive it.
  GithubPermissions(GithubClient& client, GithubMemory& memory) : client_(client), memory_(memory) {}

  std::vector<Result<Permission>> fetch(std::span<const PermissionQuery> queries) override;

  // They travel with the next read of whole issues.
  void expect(std::span<const PermissionQuery> queries) override;

 private:
  GithubClient& client_;
  GithubMemory& memory_;
};

} // namespace afk::adapter

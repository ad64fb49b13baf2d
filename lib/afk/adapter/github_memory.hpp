#pragma once
// What one answer of GitHub told beside what it was asked for, kept for whoever asks for that next in the same tick.
// What a write may change is handed out once; a further question goes to GitHub.

#include <afk/core/forge_evidence.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/text.hpp>
#include <afk/core/trust.hpp>
#include <afk/port/permissions.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::adapter {

// Of a repository, a name in it: a branch, a commit, an account, an environment.
struct GithubKey {
  std::string repository; // lower case
  std::string name;

  friend auto operator<=>(const GithubKey&, const GithubKey&) = default;
};

[[nodiscard]] inline GithubKey make_github_key(const RepositoryName& repository, std::string_view name) {
  return {fold_ascii(render_repository_name(repository)), std::string(name)};
}

struct GithubMemory {
  std::vector<PermissionQuery> expected; // asked for with the next read of whole issues
  std::map<GithubKey, Result<Permission>> permissions;
  std::map<GithubKey, std::optional<PullRequestEvidence>> pull_requests; // by head branch; nothing: there is none
  std::map<GithubKey, HeadChecks> checks;                                // by commit; without what is required
  // These two are no run's own, and are handed out until the next look at runs.
  std::map<GithubKey, std::vector<std::string>> required; // by base branch
  std::map<GithubKey, DeploymentEvidence> deployments;    // by environment
  std::map<IssueRef, std::vector<IssueRef>> blockers;     // that an issue's text named when it was first looked at

  void forget_work() {
    pull_requests.clear();
    checks.clear();
    required.clear();
    deployments.clear();
  }
};

// Takes out what is there under a key.
template <typename Value>
std::optional<Value> take_remembered(std::map<GithubKey, Value>& memory, const GithubKey& key) {
  const auto found = memory.find(key);
  if (found == memory.end()) {
    return std::nullopt;
  }
  std::optional<Value> value(std::move(found->second));
  memory.erase(found);
  return value;
}

} // namespace afk::adapter

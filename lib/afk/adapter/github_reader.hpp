#pragma once
// Reading issues of a GitHub, through either of its APIs: the same records by both, as far as both can tell.

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/port/tracker.hpp>

#include <memory>
#include <span>
#include <vector>

namespace afk::adapter {

// Pages of one list before it counts as truncated.
inline constexpr std::size_t most_list_pages = 10;
// Pages of one issue's log or comments before the issue counts as unreadable.
inline constexpr std::size_t most_issue_pages = 30;

class GithubReader {
 public:
  virtual ~GithubReader() = default;

  virtual std::vector<Result<RepositoryListing>> list(std::span<const RepositoryName> repositories,
                                                      const ListingQuery& query) = 0;

  virtual std::vector<Result<IssueRecord>> fetch(std::span<const IssueRef> issues, GithubDetail detail) = 0;
};

// What both readers ask with; all of it outlives them. `environment`: whose deployments come along with runs.
struct GithubReaderParts {
  GithubClient& client;
  GithubMemory& memory;
  std::optional<std::string> environment;
};

[[nodiscard]] std::unique_ptr<GithubReader> make_github_reader(const GithubReaderParts& parts);
[[nodiscard]] std::unique_ptr<GithubReader> make_github_graphql_reader(const GithubReaderParts& parts);
[[nodiscard]] std::unique_ptr<GithubReader> make_github_rest_reader(const GithubReaderParts& parts);

// An issue that is not there any more.
[[nodiscard]] IssueRecord make_gone_record(const IssueRef& issue, const std::string& repository_id);

// A repository that does not show itself is not gone: a token that lost a right sees the same.
[[nodiscard]] Error hide_repository_error(const RepositoryName& repository, Error error);

// Requests for what somebody may do, and their answers. Shared by the readers and the permissions port.
[[nodiscard]] http::Request ask_for_permission(const GithubClient& client, const PermissionQuery& query);
[[nodiscard]] Result<Permission> read_permission(const GithubClient& client, const PermissionQuery& query,
                                                 const Result<http::Response>& answer);

// The native dependencies of an issue; a GitHub without them has none.
[[nodiscard]] http::Request ask_for_blockers(const GithubClient& client, const IssueRef& issue);
[[nodiscard]] Result<std::vector<Blocker>> read_blockers(const GithubClient& client,
                                                         const Result<http::Response>& answer);

} // namespace afk::adapter

#pragma once
// Pull requests of a GitHub: port/pull_requests.hpp. Read by GraphQL where the client does that, so that what a review
// needs is known, else by REST; written by REST, but for a draft that becomes ready, which only GraphQL can do.
//
// A merge names the verified head; GitHub answers 409 where another one is there (`conflict`), and 405 where protection
// or a review stands in the way (`refused`). A write whose outcome is not known is read back.

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/port/pull_requests.hpp>

namespace afk::adapter {

class GithubPullRequests final : public PullRequests {
 public:
  // Both outlive it.
  GithubPullRequests(GithubClient& client, GithubMemory& memory) : client_(client), memory_(memory) {}

  std::vector<Result<std::optional<PullRequestEvidence>>> inspect(std::span<const PullRequestQuery> queries) override;
  Result<PullRequestEvidence> open(const NewPullRequest& order) override;
  Result<void> mark_ready(const PullRequestRef& pull_request) override;
  Result<void> merge(const PinnedPullRequest& order) override;
  Result<void> delete_branch(const BranchAtHead& order) override;

 private:
  using Evidence = Result<std::optional<PullRequestEvidence>>;

  std::vector<Evidence> inspect_by_graphql(std::span<const PullRequestQuery> queries);
  std::vector<Evidence> inspect_by_rest(std::span<const PullRequestQuery> queries);
  Result<PullRequestEvidence> adopt(const NewPullRequest& order, const Error& refusal);
  Result<std::string> find_base(const NewPullRequest& order);

  GithubClient& client_;
  GithubMemory& memory_;
};

} // namespace afk::adapter

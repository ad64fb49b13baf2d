#pragma once
// Check runs and commit statuses of a GitHub: port/checks.hpp. GraphQL's rollup tells both in one, REST in two lists.
//
// Jobs of GitHub Actions can be run again, and their logs are elsewhere: the API answers with a redirect to a storage
// whose address is its own permission. It is fetched without any credential, over https alone (or on this machine's own
// loopback), and bounded. Where there is no log, what the check run says for itself takes its place.

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/port/checks.hpp>

namespace afk::adapter {

class GithubChecks final : public Checks {
 public:
  // All outlive it; `transport` fetches logs from elsewhere.
  GithubChecks(GithubClient& client, GithubMemory& memory, http::Transport& transport)
      : client_(client), memory_(memory), transport_(transport) {}

  std::vector<Result<HeadChecks>> inspect(std::span<const CheckQuery> queries) override;
  Result<void> rerun_failed(const CheckQuery& query, std::span<const CheckResult> failed) override;
  Result<std::string> fetch_failure_excerpt(const CheckQuery& query, std::span<const CheckResult> failed,
                                            std::size_t limit) override;

 private:
  std::vector<Result<HeadChecks>> inspect_by_graphql(std::span<const CheckQuery> queries);
  std::vector<Result<HeadChecks>> inspect_by_rest(std::span<const CheckQuery> queries);
  void read_long_lists(std::span<const CheckQuery> queries, std::vector<Result<HeadChecks>>& answers);
  std::optional<HeadChecks> recall(const CheckQuery& query);
  std::string fetch_log(const RepositoryName& repository, const std::string& job);
  std::string fetch_output(const RepositoryName& repository, const std::string& check_run);

  GithubClient& client_;
  GithubMemory& memory_;
  http::Transport& transport_;
};

} // namespace afk::adapter

#pragma once
// Pull requests, checks and deployments in GitHub's GraphQL answers.

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/adapter/github_query.hpp>
#include <afk/http/message.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::adapter {

// Keeps what an answer to a query of detail `run` tells of the runs' work, or one of detail `arming` of bases. What
// cannot be read is not kept, so that whoever needs it asks, and hears what is wrong.
void note_github_work(const http::Response& response, const GithubIssueQuery& query, const GithubAsked& asked,
                      GithubMemory& memory);

// One part of a render_work_query, aligned with what was asked for; what was not asked for is as it is made.
struct GithubWork {
  std::optional<PullRequestEvidence> pull_request;
  std::string pull_request_node; // its node id, for mutations
  HeadChecks checks;
  DeploymentEvidence deployment;
};

Result<std::vector<Result<GithubWork>>>
parse_github_work(const http::Response& response, std::span<const GithubWorkPart> parts, const GithubAsked& asked);

// Nothing where a mutation was carried out.
Result<void> parse_github_mutation(const http::Response& response, const GithubAsked& asked);

} // namespace afk::adapter

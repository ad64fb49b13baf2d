#pragma once
// Pull requests, checks and deployments in GitHub's REST answers, and the bodies of what is written. As
// github_rest_codec.hpp.

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/github_work.hpp>
#include <afk/core/forge_evidence.hpp>
#include <afk/core/result.hpp>
#include <afk/http/message.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

struct GithubRestPullRequest {
  PullRequestEvidence evidence; // without merge commit, review and whoever closed it
  std::string node_id;
};

// GET /repos/…/pulls?head=…: those whose head is a branch of the same repository. Their mergeability is not in a list.
Result<std::vector<GithubRestPullRequest>> parse_rest_pull_requests(const http::Response& response,
                                                                    std::string_view branch, const GithubAsked& asked);

// GET /repos/…/pulls/<n>
Result<GithubRestPullRequest> parse_rest_pull_request(const http::Response& response, const GithubAsked& asked);

// GET /repos/…/pulls/<n>/reviews: the last word of each reviewer. What protection asks for is not told here.
Result<ReviewState> parse_rest_reviews(const http::Response& response, const GithubAsked& asked);

// GET /repos/…/issues/<n>/events of a pull request: with which commit it was merged, and who closed it last.
struct GithubRestClosing {
  std::string merge_commit;
  std::optional<Actor> closed_by;
};

Result<GithubRestClosing> parse_rest_closing(const http::Response& response, const GithubAsked& asked);

// A page of GET /repos/…/commits/<sha>/check-runs and of …/statuses.
Result<std::vector<GithubCheck>> parse_rest_check_runs(const http::Response& response, const GithubAsked& asked);
Result<std::vector<GithubCheck>> parse_rest_statuses(const http::Response& response, const GithubAsked& asked);

// GET /repos/…/branches/<branch> and …/rules/branches/<branch>: the names of the checks that are required.
// An answer without them, as that of a token that is not told, asks for none.
[[nodiscard]] std::vector<std::string> parse_rest_required(const http::Response& branch, const http::Response& rules);

struct GithubRestDeployment {
  std::string id;
  DeploymentEvidence evidence; // pending until its newest status is read
};

Result<std::vector<GithubRestDeployment>> parse_rest_deployments(const http::Response& response,
                                                                 const GithubAsked& asked);
Result<DeploymentEvidence> parse_rest_deployment_status(const http::Response& response, DeploymentEvidence evidence,
                                                        const GithubAsked& asked);

// What a check run says for itself, for where there is no log: title, summary, text and annotations. "" = nothing.
[[nodiscard]] std::string parse_rest_check_output(const http::Response& response);
[[nodiscard]] std::string parse_rest_annotations(const http::Response& response);

// GET /repos/…/git/ref/heads/…
Result<std::string> parse_rest_ref(const http::Response& response, const GithubAsked& asked);

// PUT /repos/…/pulls/<n>/merge: whether it says that it merged.
enum class GithubMerged : std::uint8_t { no, yes };
[[nodiscard]] GithubMerged parse_rest_merged(const http::Response& response);

// How the repository lets pull requests be merged: "merge", "squash" or "rebase", the first that is allowed.
[[nodiscard]] std::string parse_rest_merge_method(const http::Response& repository);

struct GithubPullRequestBody {
  std::string_view title;
  std::string_view body;
  std::string_view head;
  std::string_view base;
  enum class Form : std::uint8_t { draft, ready } form = Form::ready;
};

[[nodiscard]] std::string render_rest_pull_request(const GithubPullRequestBody& body);

struct GithubMergeBody {
  std::string_view head;
  std::string_view method;
};

[[nodiscard]] std::string render_rest_merge(const GithubMergeBody& body);

} // namespace afk::adapter

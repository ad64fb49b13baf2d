#pragma once
// Issues, comments and people in GitHub's REST answers. Status codes are judged before anything here is called; each
// function says `malformed` for an answer that is not what the documentation promises.
//
// Read are fields that both API versions have: assignees but never assignee, merged by the log and never by
// merge_commit_sha. https://docs.github.com/en/rest/about-the-rest-api/breaking-changes

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/github_issue.hpp>
#include <afk/core/trust.hpp>
#include <afk/http/message.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// What GitHub says in the body of an error: its message and the codes of its details, clean and short; "" where the
// body is none.
[[nodiscard]] std::string parse_rest_message(const http::Response& response);

// Whether an error's details hold that code: "already_exists", "missing", …
enum class GithubCode : std::uint8_t { absent, present };
[[nodiscard]] GithubCode find_rest_code(const http::Response& response, std::string_view code);

Result<GithubViewer> parse_rest_viewer(const http::Response& response, const GithubAsked& asked);

Result<GithubRepositoryFacts> parse_rest_repository(const http::Response& response, const GithubAsked& asked);

// One page of a repository's issues, pull requests left out. `labels` are all that the issue has.
Result<std::vector<IssueSummary>> parse_rest_issue_list(const http::Response& response,
                                                        const RepositoryName& repository, const GithubAsked& asked);

// One issue without log and comments. `facts` is the repository as it is now: an issue that another one answers for was
// transferred, and a number that is a pull request is no issue: nothing.
struct GithubRestIssue {
  GithubIssue issue;
  enum class SubIssues : std::uint8_t { none, open } sub_issues = SubIssues::none;
};

Result<std::optional<GithubRestIssue>> parse_rest_issue(const http::Response& response,
                                                        const GithubRepositoryFacts& facts, const GithubAsked& asked);

// A page of the timeline, put into the issue's log; pull requests that say they close it are noted.
Result<void> parse_rest_timeline(const http::Response& response, GithubIssue& issue, const GithubAsked& asked);

Result<void> parse_rest_comments(const http::Response& response, GithubIssue& issue, const GithubAsked& asked);

// A list of issues of any repository: what blocks an issue, its parts.
Result<std::vector<Blocker>> parse_rest_blockers(const http::Response& response, const GithubAsked& asked);

struct GithubRestState {
  IssueState state = IssueState::open;
  std::string body;
};

Result<GithubRestState> parse_rest_state(const http::Response& response, const GithubAsked& asked);

// GET /repos/…/collaborators/…/permission. `unknown` where it is about another account than `asked_for`.
Result<Permission> parse_rest_permission(const http::Response& response, const Actor& asked_for,
                                         const GithubAsked& asked);

// What the account that asks may do in a repository, by the repository's own word.
[[nodiscard]] Permission parse_rest_own_permission(const http::Response& response);

// The names of the labels of an answer that is a list of labels (an issue's, after one was put on).
Result<std::vector<std::string>> parse_rest_labels(const http::Response& response, const GithubAsked& asked);

// The id of the object that was made.
Result<std::string> parse_rest_id(const http::Response& response, const GithubAsked& asked);

// The text of a comment.
Result<std::string> parse_rest_body(const http::Response& response, const GithubAsked& asked);

// A page of comments by their ids, texts and authors' ids: for reading back.
struct GithubRestComment {
  std::string id;
  std::string author_id;
  std::string body;
};

Result<std::vector<GithubRestComment>> parse_rest_comment_list(const http::Response& response,
                                                               const GithubAsked& asked);

// Bodies of writes.
[[nodiscard]] std::string render_rest_comment(std::string_view body);
[[nodiscard]] std::string render_rest_labels(std::string_view label);
[[nodiscard]] std::string render_rest_new_label(std::string_view label);
[[nodiscard]] std::string render_rest_close();

} // namespace afk::adapter

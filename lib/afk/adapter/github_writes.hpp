#pragma once
// Writes on issues of a GitHub, by target state: doing one twice is doing it once, and one whose outcome is not known
// is read back. Errors: `not_found` (the issue or comment), `forbidden`, `refused` with GitHub's reason, and
// `unreachable` where even reading back said nothing.

#include <afk/adapter/github_client.hpp>
#include <afk/core/ids.hpp>

#include <string>
#include <string_view>

namespace afk::adapter {

// Where the repository does not have it: grey. Before it is first put on, because a label that comes into being with an
// issue has a colour by chance. What cannot be known here shows when it is put on.
Result<void> make_github_label(GithubClient& client, const RepositoryName& repository, std::string_view label);

Result<void> put_github_label(GithubClient& client, const IssueRef& issue, std::string_view label);
Result<void> take_github_label(GithubClient& client, const IssueRef& issue, std::string_view label);

// With a mark: not where a comment of our own account holds it already; that one's id is answered then. GitHub has no
// lock, so of two that are made at the same moment the older one counts and the other is removed.
struct GithubNewComment {
  const IssueRef& issue;
  std::string_view body;
  std::string_view mark; // "" = none
};

Result<std::string> create_github_comment(GithubClient& client, const GithubNewComment& comment);

struct GithubCommentEdit {
  const IssueRef& issue;
  std::string_view id;
  std::string_view body;
};

Result<void> edit_github_comment(GithubClient& client, const GithubCommentEdit& edit);

Result<void> close_github_issue(GithubClient& client, const IssueRef& issue);

// Whether somebody cannot know if a write was carried out: no answer, an answer that could not be read, 5xx.
enum class GithubOutcome : std::uint8_t { known, unknown };
[[nodiscard]] GithubOutcome derive_outcome(const Result<http::Response>& answer);

} // namespace afk::adapter

#pragma once
// Issues in GitHub's GraphQL answers (github_query.hpp says what was asked).

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/github_issue.hpp>
#include <afk/adapter/github_query.hpp>
#include <afk/http/message.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::adapter {

// The body of a request: {"query": …, "variables": …}.
[[nodiscard]] std::string render_github_body(const GithubQuery& query);

// One page of one connection of a listing.
struct GithubListed {
  std::vector<IssueSummary> issues; // labels: the one that was asked for, or all of them where none was
  std::string next;                 // the cursor of the next page; "" = there is none
};

struct GithubListedRepository {
  GithubRepositoryFacts facts;
  std::vector<GithubListed> lists; // one for each label that was asked for; one where none was
};

struct GithubListing {
  GithubViewer viewer;
  std::vector<Result<GithubListedRepository>> repositories; // in the order asked
};

// Fails where the whole answer does.
Result<GithubListing> parse_github_listing(const http::Response& response, std::span<const RepositoryName> asked_for,
                                           const ListingQuery& query, const GithubAsked& asked);

Result<std::vector<Result<GithubListed>>> parse_github_list_pages(const http::Response& response,
                                                                  std::span<const GithubListPage> pages,
                                                                  const GithubAsked& asked);

// The query of a body that render_github_body made.
[[nodiscard]] std::string find_query_text(std::string_view body);

// How long to wait, where an answer of status 200 says that a limit was passed.
[[nodiscard]] std::optional<std::chrono::seconds> try_graphql_wait(const http::Response& response,
                                                                   const GithubAsked& asked);

struct GithubFetched {
  GithubRepositoryFacts facts;
  std::optional<GithubIssue> issue; // absent: deleted, transferred or never there
};

struct GithubFetchedIssues {
  GithubViewer viewer;
  std::vector<Result<GithubFetched>> issues; // in the order asked
};

Result<GithubFetchedIssues> parse_github_issues(const http::Response& response, const GithubIssueQuery& query,
                                                const GithubAsked& asked);

// Older log entries or comments alone, aligned with the pages asked for.
Result<std::vector<Result<GithubIssue>>> parse_github_older_pages(const http::Response& response,
                                                                  std::span<const GithubOlderPage> pages,
                                                                  const GithubAsked& asked);

// The state of something that an issue waits for; nothing where it does not exist or cannot be seen.
struct GithubNamedIssue {
  enum class Presence : std::uint8_t { known, no_issue, no_repository } presence = Presence::no_issue;
  IssueRef issue; // as GitHub spells it, where the repository is known
  IssueState state = IssueState::open;
  std::string body;
};

Result<std::vector<Result<GithubNamedIssue>>>
parse_github_states(const http::Response& response, std::span<const IssueRef> issues, const GithubAsked& asked);

Result<GithubViewer> parse_github_viewer(const http::Response& response, const GithubAsked& asked);

} // namespace afk::adapter

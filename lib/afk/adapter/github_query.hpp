#pragma once
// The GraphQL queries that afk sends to GitHub, as text: pure. github_query_cost.hpp says what they cost.
//
// Names of repositories and branches are written as string literals, everything that people choose freely (labels,
// environments) travels as a variable. Each thing asked for stands under an alias x0, x1, …, in the order asked; the
// codecs find it there. https://docs.github.com/en/graphql/reference

#include <afk/core/ids.hpp>
#include <afk/port/tracker.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::adapter {

// A query with its variables, each a list of strings.
struct GithubQuery {
  std::string text;
  std::vector<std::pair<std::string, std::vector<std::string>>> variables;
};

// How many things one query asks for: GitHub gives a query ten seconds. More go into further queries of the same batch.
inline constexpr std::size_t repositories_per_query = 250;
inline constexpr std::size_t armings_per_query = 50;
inline constexpr std::size_t issues_per_query = 20;
inline constexpr std::size_t states_per_query = 200;
inline constexpr std::size_t work_per_query = 20;

// One connection per label and repository, without anything nested: l0, l1, … in the order of the labels. Where no
// label is asked for there is l0 alone, with every issue and its labels.
GithubQuery render_listing_query(std::span<const RepositoryName> repositories, const ListingQuery& query);

// The next page of one such connection.
struct GithubListPage {
  RepositoryName repository;
  std::string label; // "" = every issue
  ListingQuery::States states = ListingQuery::States::open_only;
  std::string cursor;
};

GithubQuery render_list_page_query(std::span<const GithubListPage> pages);

// arming: labels, log and what blocks. whole: everything that a dispatch is judged by. run: what the watcher looks at,
// with branches, pull requests and checks of the issue's runs beside it.
enum class GithubDetail : std::uint8_t { arming, whole, run };

struct GithubIssueQuery {
  std::vector<IssueRef> issues;
  GithubDetail detail = GithubDetail::whole;
  std::optional<std::string> environment; // of run: whose deployments come along; "" = of any environment
};

GithubQuery render_issue_query(const GithubIssueQuery& query);

// Older pages of one issue's log or comments.
struct GithubOlderPage {
  IssueRef issue;
  enum class Kind : std::uint8_t { log, comments } kind = Kind::log;
  std::string cursor;
};

GithubQuery render_older_page_query(std::span<const GithubOlderPage> pages);

// State and repository of issues that something else names.
GithubQuery render_state_query(std::span<const IssueRef> issues);

// One thing about a repository's work. An empty member is not asked for.
struct GithubWorkPart {
  RepositoryName repository;
  std::string branch;                     // its pull requests
  std::string head;                       // a commit: its checks
  std::string base_branch;                // what its protection requires
  std::optional<std::string> environment; // its deployments; "" = of any environment
};

GithubQuery render_work_query(std::span<const GithubWorkPart> parts);

GithubQuery render_viewer_query();

// Turns a draft into a pull request that can be reviewed; `id` is the pull request's node id, a variable.
GithubQuery render_ready_mutation(std::string_view id);

} // namespace afk::adapter

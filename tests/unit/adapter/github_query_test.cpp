// What GitHub's queries cost: constants, computed from their texts by GitHub's published rule. A change of one of them
// is a change of what every tick costs.
#include <support/catch.hpp>

#include <afk/adapter/github_query.hpp>
#include <afk/adapter/github_query_cost.hpp>

#include <fmt/format.h>

#include <algorithm>

using namespace afk;
using namespace afk::adapter;

namespace {

std::vector<RepositoryName> make_repositories(int count) {
  std::vector<RepositoryName> repositories;
  for (int index = 0; index < count; ++index) {
    repositories.push_back({"acme", fmt::format("app-{}", index)});
  }
  return repositories;
}

GithubQueryCost cost_of(const GithubQuery& query) {
  const auto cost = derive_github_query_cost(query.text);
  REQUIRE(cost.ok());
  CHECK(cost->nodes <= most_github_nodes);
  return *cost;
}

std::int64_t listing_points(int count, std::size_t labels) {
  const auto repositories = make_repositories(count);
  ListingQuery query;
  query.labels.assign(labels, "label");
  std::int64_t points = 0;
  for (std::size_t start = 0; start < repositories.size(); start += repositories_per_query) {
    const std::size_t size = std::min(repositories_per_query, repositories.size() - start);
    points += cost_of(render_listing_query(std::span(repositories).subspan(start, size), query)).points;
  }
  return points;
}

std::int64_t issue_points(int count, GithubDetail detail, std::size_t per_query) {
  std::int64_t points = 0;
  std::vector<IssueRef> issues;
  for (int number = 1; number <= count; ++number) {
    issues.push_back({{"acme", "app"}, number});
    if (issues.size() == per_query || number == count) {
      points += cost_of(render_issue_query({issues, detail, std::nullopt})).points;
      issues.clear();
    }
  }
  return points;
}

} // namespace

TEST_CASE("a quiet poll costs 1 point for 10 repositories, 2 for 100 and 20 for 1,000") {
  CHECK(listing_points(10, 2) == 1);
  CHECK(listing_points(100, 2) == 2);
  CHECK(listing_points(1000, 2) == 20);
}

TEST_CASE("a first look at ready issues costs 2 points for 100, the whole of 4 costs 1") {
  CHECK(issue_points(100, GithubDetail::arming, armings_per_query) == 2);
  CHECK(issue_points(4, GithubDetail::whole, issues_per_query) == 1);
  CHECK(issue_points(20, GithubDetail::whole, issues_per_query) == 1);
}

TEST_CASE("a look at runs costs 1 point for 10 and 15 for 100") {
  CHECK(issue_points(10, GithubDetail::run, issues_per_query) == 1);
  CHECK(issue_points(100, GithubDetail::run, issues_per_query) == 15);
}

TEST_CASE("the cost of a query is what GitHub's documentation works out") {
  // docs.github.com, "Rate limits and query limits for the GraphQL API": 5,101 requests, 51 points.
  constexpr std::string_view documented = R"(query {
    viewer {
      repositories(first: 100) {
        edges { node { id
          issues(first: 50) {
            edges { node { id
              labels(first: 60) { edges { node { id name } } }
            } } }
        } } } } })";
  const auto cost = derive_github_query_cost(documented);
  REQUIRE(cost.ok());
  CHECK(cost->requests == 5101);
  CHECK(cost->points == 51);
  CHECK(cost->nodes == 100 + 5000 + 300000);
}

TEST_CASE("fragments, aliases, variables and texts are read as they are meant") {
  struct Case {
    std::string text;
    std::int64_t requests;
  };

  const auto given = GENERATE(values<Case>({
      {"{a}", 0},
      {"{a:b(first:10){c(last:5){d}}}", 11},
      {"{a(first:10){...F}} fragment F on X{c(first:3){d}}", 11},
      {"{a(first:10){...on Y{c(first:3){d}}}}", 11},
      {"{a(text:\"first:99){\",first:2){b(last:1){c}}}", 3},
      {"query($v:[String!]){a(labels:$v,first:4){b}}", 1},
      {"{a(filter:{first:7}){b}}", 0},
      {"mutation{a(input:{id:\"x\"}){b}}", 0},
  }));
  CAPTURE(given.text);
  const auto cost = derive_github_query_cost(given.text);
  REQUIRE(cost.ok());
  CHECK(cost->requests == given.requests);
}

TEST_CASE("what is no query has no cost") {
  for (const std::string_view text : {"", "query", "{a(first:1){b}", "{...Missing}", "{...F} fragment F on X{...F}"}) {
    CAPTURE(text);
    CHECK(!derive_github_query_cost(text).ok());
  }
}

TEST_CASE("what people choose travels beside a query and never in it") {
  const auto repositories = make_repositories(1);
  const std::string label = "x\"){evil}#";
  const GithubQuery listing = render_listing_query(repositories, {{label}, {}});
  CHECK(listing.text.find("evil") == std::string::npos);
  REQUIRE(listing.variables.size() == 1);
  CHECK(listing.variables[0].second.front() == label);
  const GithubWorkPart part{{"acme", "app"}, "", "", "", label};
  CHECK(render_work_query(std::span(&part, 1)).text.find("evil") == std::string::npos);
  const GithubListPage page{{"acme", "app"}, label, {}, "cursor"};
  CHECK(render_list_page_query(std::span(&page, 1)).text.find("evil") == std::string::npos);
}

TEST_CASE("a cursor or a name cannot leave its quotes") {
  const GithubOlderPage page{{{"acme", "app"}, 1}, GithubOlderPage::Kind::log, "a\"){evil}\n\\"};
  const std::string text = render_older_page_query(std::span(&page, 1)).text;
  CHECK(text.find("a\\\"){evil}\\u000a\\\\\"") != std::string::npos);
}

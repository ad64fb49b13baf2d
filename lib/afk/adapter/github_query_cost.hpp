#pragma once
// What a GraphQL query costs at GitHub, computed from its text by GitHub's published rule: every connection counts as
// one request for each node of the connections around it, as if each of those gave all that its first or last argument
// allows; the sum, divided by 100 and rounded, is the points, at least one. The nodes that may come back are limited to
// 500,000 a query.
// https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api

#include <afk/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace afk::adapter {

struct GithubQueryCost {
  std::int64_t requests = 0;
  std::int64_t points = 1;
  std::int64_t nodes = 0;

  friend bool operator==(const GithubQueryCost&, const GithubQueryCost&) = default;
};

inline constexpr std::int64_t most_github_nodes = 500'000;

// Fails with `malformed` for a text whose braces do not fit or that uses a fragment it does not define. Reads
// fragments, inline fragments, aliases and literals; the counts must be numbers.
Result<GithubQueryCost> derive_github_query_cost(std::string_view text);

} // namespace afk::adapter

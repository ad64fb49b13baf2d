#pragma once
// The outside of GitHub's GraphQL answers, and small readers that its codecs share. For codecs alone.
//
// An answer is 200 with "data", with "errors", or with both: a part that failed is null in the data and named by the
// path of its error. Rate limits come as an error with 200 too.
// https://docs.github.com/en/graphql, https://spec.graphql.org/October2021/#sec-Errors

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/github_issue.hpp>
#include <afk/adapter/json_guard_codec.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

struct GithubProblem {
  std::vector<std::string> path; // "x3", "issue", …
  Error error;
};

struct GithubEnvelope {
  std::shared_ptr<const nlohmann::json> data; // never null
  std::vector<GithubProblem> problems;
};

// Fails where nothing of the answer can be used: a status, a rate limit, no JSON, no data.
Result<GithubEnvelope> parse_github_envelope(const http::Response& response, const GithubAsked& asked);

// What stands under the alias x<index>. Fails with its error; `not_found` where it is null without one.
Result<const nlohmann::json*> find_github_part(const GithubEnvelope& envelope, std::size_t index,
                                               const GithubAsked& asked);

// A key of a part: null is absence only where no other error than that names it, or something in it.
Result<const nlohmann::json*> find_github_member(const GithubEnvelope& envelope, std::size_t index,
                                                 const nlohmann::json& part, std::string_view key);

// An account under a key: a ghost where it is null.
Result<Actor> parse_github_actor(const nlohmann::json& object, std::string_view key);

// A list that has to be there.
Result<const nlohmann::json*> require_nodes(const nlohmann::json& object, std::string_view connection);

enum class GithubEdge : std::uint8_t { whole, cut };

// Whether a connection has more on that side ("hasNextPage", "hasPreviousPage").
Result<GithubEdge> parse_edge(const nlohmann::json& object, std::string_view connection, std::string_view side);

// "owner/name" as GitHub spells it.
Result<RepositoryName> parse_repository_key(const nlohmann::json& object, std::string_view key);

// A number of GitHub's, which may be an integer or (BigInt) a string of digits.
Result<std::string> parse_id_key(const nlohmann::json& object, std::string_view key);

Result<GithubViewer> parse_viewer_key(const nlohmann::json& data);

// The fields of fragment R.
Result<GithubRepositoryFacts> parse_repository_facts(const nlohmann::json& repository);

// The names of a label connection that was read whole; cut is `too_large`.
Result<std::vector<std::string>> parse_label_names(const nlohmann::json& issue);

} // namespace afk::adapter

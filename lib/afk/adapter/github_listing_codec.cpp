#include <afk/adapter/github_envelope_codec.hpp>
#include <afk/adapter/github_issue_codec.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace afk::adapter {

using nlohmann::json;

namespace {

// Which labels an issue of a list has: the one that was asked for, or its own where none was.
Result<IssueSummary> parse_summary(const json& node, const RepositoryName& repository, const std::string& label) {
  const auto number = require_int64(node, "number");
  auto title = require_string(node, "title");
  const auto state = require_string(node, "state");
  const auto reason = find_string(node, "stateReason");
  if (!number.ok() || !title.ok() || !state.ok() || !reason.ok()) {
    return Error{.kind = ErrorKind::malformed, .message = "an issue without number, title or state"};
  }
  const auto parsed = try_issue_state({.state = *state, .reason = reason->value_or("")});
  if (!parsed || *number <= 0) {
    return Error{.kind = ErrorKind::malformed, .message = "an issue in a state that is none"};
  }
  IssueSummary summary{.issue = {.repository = repository, .number = *number},
                       .state = *parsed,
                       .title = std::move(*title),
                       .labels = {}};
  if (!label.empty()) {
    summary.labels = {label};
    return summary;
  }
  auto labels = parse_label_names(node);
  if (!labels.ok()) {
    return std::move(labels).error();
  }
  summary.labels = std::move(*labels);
  return summary;
}

Result<GithubListed> parse_list(const json& object, std::string_view connection, const RepositoryName& repository,
                                const std::string& label) {
  const auto nodes = require_nodes(object, connection);
  if (!nodes.ok()) {
    return nodes.error();
  }
  GithubListed listed;
  for (const json& node : **nodes) {
    auto summary = parse_summary(node, repository, label);
    if (!summary.ok()) {
      return std::move(summary).error();
    }
    listed.issues.push_back(std::move(*summary));
  }
  const auto edge = parse_edge(object, connection, "hasNextPage");
  if (!edge.ok()) {
    return edge.error();
  }
  if (*edge == GithubEdge::whole) {
    return listed;
  }
  const json& page = object.at(connection).at("pageInfo");
  auto cursor = require_string(page, "endCursor");
  if (!cursor.ok()) {
    return std::move(cursor).error();
  }
  if (cursor->empty()) {
    return Error{.kind = ErrorKind::malformed, .message = "a next page without a cursor"};
  }
  listed.next = std::move(*cursor);
  return listed;
}

Result<GithubListedRepository> parse_listed_repository(const json& part, const ListingQuery& query) {
  auto facts = parse_repository_facts(part);
  if (!facts.ok()) {
    return std::move(facts).error();
  }
  GithubListedRepository listed{.facts = std::move(*facts), .lists = {}};
  const std::vector<std::string> labels = query.labels.empty() ? std::vector<std::string>{""} : query.labels;
  for (std::size_t index = 0; index < labels.size(); ++index) {
    auto list = parse_list(part, fmt::format("l{}", index), listed.facts.name, labels[index]);
    if (!list.ok()) {
      return std::move(list).error();
    }
    listed.lists.push_back(std::move(*list));
  }
  return listed;
}

Result<GithubNamedIssue> parse_named_issue(const GithubEnvelope& envelope, std::size_t index, const IssueRef& named,
                                           const GithubAsked& asked) {
  const auto part = find_github_part(envelope, index, asked);
  if (!part.ok() && part.error().kind != ErrorKind::not_found) {
    return part.error();
  }
  GithubNamedIssue issue;
  if (!part.ok()) {
    issue.presence = GithubNamedIssue::Presence::no_repository;
    issue.issue = named;
    return issue;
  }
  auto repository = parse_repository_key(**part, "nameWithOwner");
  if (!repository.ok()) {
    return std::move(repository).error();
  }
  issue.issue = {.repository = std::move(*repository), .number = named.number};
  const auto found = find_github_member(envelope, index, **part, "issueOrPullRequest");
  if (!found.ok()) {
    return found.error();
  }
  if (*found == nullptr) {
    return issue;
  }
  issue.presence = GithubNamedIssue::Presence::known;
  const auto pull_state = find_string(**found, "pullState");
  const auto state = find_string(**found, "state");
  const auto reason = find_string(**found, "stateReason");
  const auto body = find_string(**found, "body");
  if (!pull_state.ok() || !state.ok() || !reason.ok() || !body.ok()) {
    return Error{.kind = ErrorKind::malformed, .message = "an issue without a state"};
  }
  issue.body = body->value_or("");
  if (*pull_state) { // a pull request that was closed without being merged did not do its work
    issue.state = **pull_state == "MERGED"   ? IssueState::closed
                  : **pull_state == "CLOSED" ? IssueState::closed_not_planned
                                             : IssueState::open;
    return issue;
  }
  const auto parsed = try_issue_state({.state = state->value_or(""), .reason = reason->value_or("")});
  if (!parsed) {
    return Error{.kind = ErrorKind::malformed, .message = "an issue in a state that is none"};
  }
  issue.state = *parsed;
  return issue;
}

template <typename T>
Result<T> in_context(Result<T> result, const GithubAsked& asked) {
  return result.ok() ? std::move(result) : Result<T>(with_context(asked.who, std::move(result).error()));
}

} // namespace

std::string render_github_body(const GithubQuery& query) {
  json body = {{"query", query.text}};
  for (const auto& [name, values] : query.variables) {
    body["variables"][name] = values;
  }
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string find_query_text(std::string_view body) {
  const auto parsed = parse_json(body);
  const auto text = parsed.ok() ? find_string(*parsed, "query") : Result<std::optional<std::string>>(parsed.error());
  return text.ok() ? text->value_or("") : "";
}

std::optional<std::chrono::seconds> try_graphql_wait(const http::Response& response, const GithubAsked& asked) {
  constexpr std::size_t looked_at = 4096; // such an answer is short
  const std::string start = fold_ascii(std::string_view(response.body).substr(0, looked_at));
  if (start.find("rate limit") == std::string::npos && start.find("rate_limit") == std::string::npos) {
    return std::nullopt;
  }
  const auto envelope = parse_github_envelope(response, asked);
  if (envelope.ok() || envelope.error().kind != ErrorKind::rate_limited) {
    return std::nullopt;
  }
  return envelope.error().retry_after;
}

Result<GithubListing> parse_github_listing(const http::Response& response, std::span<const RepositoryName> asked_for,
                                           const ListingQuery& query, const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  auto viewer = in_context(parse_viewer_key(*envelope->data), asked);
  if (!viewer.ok()) {
    return std::move(viewer).error();
  }
  GithubListing listing{.viewer = std::move(*viewer), .repositories = {}};
  for (std::size_t index = 0; index < asked_for.size(); ++index) {
    const auto part = find_github_part(*envelope, index, asked);
    if (!part.ok()) {
      listing.repositories.emplace_back(with_context(render_repository_name(asked_for[index]), part.error()));
    } else {
      listing.repositories.push_back(in_context(parse_listed_repository(**part, query), asked));
    }
  }
  return listing;
}

Result<std::vector<Result<GithubListed>>> parse_github_list_pages(const http::Response& response,
                                                                  std::span<const GithubListPage> pages,
                                                                  const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  std::vector<Result<GithubListed>> lists;
  for (std::size_t index = 0; index < pages.size(); ++index) {
    const auto part = find_github_part(*envelope, index, asked);
    lists.push_back(part.ok()
                        ? in_context(parse_list(**part, "issues", pages[index].repository, pages[index].label), asked)
                        : Result<GithubListed>(part.error()));
  }
  return lists;
}

Result<std::vector<Result<GithubNamedIssue>>>
parse_github_states(const http::Response& response, std::span<const IssueRef> issues, const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  std::vector<Result<GithubNamedIssue>> states;
  for (std::size_t index = 0; index < issues.size(); ++index) {
    states.push_back(in_context(parse_named_issue(*envelope, index, issues[index], asked), asked));
  }
  return states;
}

Result<GithubViewer> parse_github_viewer(const http::Response& response, const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  return in_context(parse_viewer_key(*envelope->data), asked);
}

} // namespace afk::adapter

#include <afk/adapter/github_envelope_codec.hpp>

#include <afk/core/text.hpp>
#include <afk/http/rate_limit.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace afk::adapter {

using nlohmann::json;

namespace {

constexpr std::size_t longest_message = 300;
constexpr std::size_t most_problems = 1000;
constexpr auto usual_wait = std::chrono::seconds(60);

std::string parse_message(const json& error) {
  const auto message = find_string(error, "message");
  const bool is_told = message.ok() && *message;
  return clean_single_line(
      truncate_text(is_told ? **message : "an error without a message", {.max_bytes = longest_message, .note = "..."}));
}

ErrorKind derive_kind(std::string_view type, std::string_view message) {
  if (type == "RATE_LIMITED" || type == "RATE_LIMIT" || fold_ascii(message).find("rate limit") != std::string::npos) {
    return ErrorKind::rate_limited;
  }
  if (type == "NOT_FOUND") {
    return ErrorKind::not_found;
  }
  if (type == "FORBIDDEN" || type == "INSUFFICIENT_SCOPES" || type == "SAML_FAILURE") {
    return ErrorKind::forbidden;
  }
  if (type == "MAX_NODE_LIMIT_EXCEEDED" || type == "RESOURCE_LIMITS_EXCEEDED") {
    return ErrorKind::too_large;
  }
  if (type == "UNPROCESSABLE" || type == "VALIDATION") {
    return ErrorKind::refused;
  }
  return ErrorKind::unreachable; // "Something went wrong while executing your query": the next tick asks again
}

std::vector<std::string> parse_path(const json& error) {
  std::vector<std::string> path;
  const auto found = find_array(error, "path");
  if (!found.ok() || *found == nullptr) {
    return path;
  }
  constexpr std::size_t looked_at = 4;
  for (const json& step : **found) {
    if (path.size() < looked_at && step.is_string()) {
      path.push_back(step.get<std::string>());
    }
  }
  return path;
}

GithubProblem parse_problem(const json& error, const GithubAsked& asked) {
  const auto type = find_string(error, "type");
  const std::string message = parse_message(error);
  GithubProblem problem{.path = parse_path(error), .error = {}};
  problem.error.kind = derive_kind(type.ok() ? type->value_or("") : "", message);
  problem.error.message = fmt::format("{}: {}", asked.who, message);
  return problem;
}

// A query that GitHub does not understand has no data and no path: a fault of afk's, or of a server that is too old.
Error derive_whole_error(std::vector<GithubProblem> problems, const http::Response& response,
                         const GithubAsked& asked) {
  if (problems.empty()) {
    return Error{.kind = ErrorKind::malformed, .message = asked.who + ": an answer without data"};
  }
  Error error = std::move(problems.front().error);
  const http::RateLimit known = http::parse_rate_limit(response, asked.now);
  if (error.kind == ErrorKind::rate_limited) {
    error.retry_after = known.retry_after.value_or(usual_wait);
    if (!known.retry_after && known.remaining == 0 && known.reset && *known.reset > asked.now) {
      error.retry_after = std::chrono::ceil<std::chrono::seconds>(*known.reset - asked.now);
    }
    error.message +=
        fmt::format("; nothing is asked before {}",
                    render_timestamp(std::chrono::floor<std::chrono::seconds>(asked.now) + *error.retry_after));
  }
  return error;
}

} // namespace

Result<GithubEnvelope> parse_github_envelope(const http::Response& response, const GithubAsked& asked) {
  if (auto error = http::derive_answer_error(response, asked.who, asked.now)) {
    return *std::move(error);
  }
  auto body = parse_json_body(response);
  if (!body.ok()) {
    return with_context(asked.who, std::move(body).error());
  }
  GithubEnvelope envelope;
  const auto errors = find_array(*body, "errors");
  if (!errors.ok()) {
    return with_context(asked.who, errors.error());
  }
  if (*errors != nullptr) {
    for (const json& error : **errors) {
      if (envelope.problems.size() < most_problems) {
        envelope.problems.push_back(parse_problem(error, asked));
      }
    }
  }
  const bool is_limited = std::ranges::any_of(
      envelope.problems, [](const GithubProblem& problem) { return problem.error.kind == ErrorKind::rate_limited; });
  const auto data = find_object(*body, "data");
  const bool has_data = data.ok() && *data != nullptr;
  if (is_limited || !has_data) {
    std::ranges::stable_partition(
        envelope.problems, [](const GithubProblem& problem) { return problem.error.kind == ErrorKind::rate_limited; });
    return derive_whole_error(std::move(envelope.problems), response, asked);
  }
  envelope.data = std::make_shared<const json>(std::move((*body)["data"]));
  return envelope;
}

Result<const json*> find_github_part(const GithubEnvelope& envelope, std::size_t index, const GithubAsked& asked) {
  const std::string alias = fmt::format("x{}", index);
  auto part = find_object(*envelope.data, alias);
  if (!part.ok()) {
    return with_context(asked.who, std::move(part).error());
  }
  if (*part != nullptr) {
    return *part;
  }
  const auto problem = std::ranges::find_if(
      envelope.problems, [&](const GithubProblem& one) { return one.path.empty() || one.path.front() == alias; });
  if (problem != envelope.problems.end()) {
    return problem->error;
  }
  return Error{.kind = ErrorKind::not_found,
               .message = asked.who + ": there is no such thing, or nothing to see of it"};
}

Result<const json*> find_github_member(const GithubEnvelope& envelope, std::size_t index, const json& part,
                                       std::string_view key) {
  auto member = find_object(part, key);
  if (!member.ok() || *member != nullptr) {
    return member;
  }
  const std::string alias = fmt::format("x{}", index);
  const auto problem = std::ranges::find_if(envelope.problems, [&](const GithubProblem& one) {
    return one.path.size() > 1 && one.path[0] == alias && one.path[1] == key && one.error.kind != ErrorKind::not_found;
  });
  if (problem != envelope.problems.end()) {
    return problem->error;
  }
  return member;
}

Result<Actor> parse_github_actor(const json& object, std::string_view key) {
  const auto account = find_object(object, key);
  if (!account.ok()) {
    return account.error();
  }
  if (*account == nullptr) {
    return Actor{};
  }
  const auto login = find_string(**account, "login");
  const auto type = find_string(**account, "__typename");
  const auto id = find_int64(**account, "databaseId");
  if (!login.ok() || !type.ok() || !id.ok()) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("\"{}\" is no account", key)};
  }
  return derive_github_actor({.login = login->value_or(""), .id = *id, .type = type->value_or("")});
}

Result<const json*> require_nodes(const json& object, std::string_view connection) {
  const auto found = require_object(object, connection);
  if (!found.ok()) {
    return found.error();
  }
  return require_array(**found, "nodes");
}

Result<GithubEdge> parse_edge(const json& object, std::string_view connection, std::string_view side) {
  const auto found = require_object(object, connection);
  if (!found.ok()) {
    return found.error();
  }
  const auto page = require_object(**found, "pageInfo");
  if (!page.ok()) {
    return page.error();
  }
  const auto more = find_bool(**page, side);
  if (!more.ok()) {
    return more.error();
  }
  if (!*more) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("\"{}\" is missing", side)};
  }
  return **more ? GithubEdge::cut : GithubEdge::whole;
}

Result<RepositoryName> parse_repository_key(const json& object, std::string_view key) {
  const auto text = require_string(object, key);
  return text.ok() ? parse_repository_name(*text) : Result<RepositoryName>(text.error());
}

Result<std::string> parse_id_key(const json& object, std::string_view key) {
  if (const auto number = find_int64(object, key); number.ok() && *number) {
    return fmt::format("{}", **number);
  }
  auto text = require_string(object, key);
  if (!text.ok()) {
    return std::move(text).error();
  }
  const bool digits = !text->empty() && text->size() <= 20 &&
                      std::ranges::all_of(*text, [](char one) { return one >= '0' && one <= '9'; });
  if (!digits) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("\"{}\" is no number", key)};
  }
  return text;
}

Result<GithubViewer> parse_viewer_key(const json& data) {
  const auto viewer = require_object(data, "viewer");
  if (!viewer.ok()) {
    return viewer.error();
  }
  auto id = parse_id_key(**viewer, "databaseId");
  if (!id.ok()) {
    return std::move(id).error();
  }
  auto login = require_string(**viewer, "login");
  if (!login.ok()) {
    return std::move(login).error();
  }
  return GithubViewer{.id = std::move(*id), .login = std::move(*login)};
}

Result<GithubRepositoryFacts> parse_repository_facts(const json& repository) {
  GithubRepositoryFacts facts;
  auto name = parse_repository_key(repository, "nameWithOwner");
  if (!name.ok()) {
    return std::move(name).error();
  }
  facts.name = std::move(*name);
  auto id = parse_id_key(repository, "databaseId");
  if (!id.ok()) {
    return std::move(id).error();
  }
  facts.id = std::move(*id);
  const auto branch = find_object(repository, "defaultBranchRef");
  if (!branch.ok()) {
    return branch.error();
  }
  if (*branch == nullptr) {
    return facts;
  }
  auto branch_name = require_string(**branch, "name");
  const auto target = require_object(**branch, "target");
  if (!branch_name.ok() || !target.ok()) {
    return branch_name.ok() ? target.error() : branch_name.error();
  }
  auto head = require_string(**target, "oid");
  if (!head.ok()) {
    return std::move(head).error();
  }
  facts.default_branch = std::move(*branch_name);
  facts.default_head = std::move(*head);
  return facts;
}

Result<std::vector<std::string>> parse_label_names(const json& issue) {
  const auto edge = parse_edge(issue, "labels", "hasNextPage");
  if (!edge.ok()) {
    return edge.error();
  }
  if (*edge == GithubEdge::cut) {
    return Error{.kind = ErrorKind::too_large, .message = "more than 100 labels on one issue"};
  }
  const auto nodes = require_nodes(issue, "labels");
  if (!nodes.ok()) {
    return nodes.error();
  }
  std::vector<std::string> names;
  for (const json& node : **nodes) {
    auto name = require_string(node, "name");
    if (!name.ok()) {
      return std::move(name).error();
    }
    names.push_back(std::move(*name));
  }
  return names;
}

} // namespace afk::adapter

#include <afk/adapter/github_work_rest_codec.hpp>

#include <afk/adapter/github_rest_parts_codec.hpp>
#include <afk/adapter/github_work.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace afk::adapter {

using nlohmann::json;

namespace {

constexpr std::size_t longest_problem = 500;

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

// The list that an answer is, or holds under a key.
Result<json> parse_rest_list(const http::Response& response, std::string_view key, const GithubAsked& asked) {
  auto body = parse_json_body(response);
  if (!body.ok()) {
    return with_context(asked.who, std::move(body).error());
  }
  if (key.empty()) {
    return body->is_array() ? std::move(body) : Result<json>(malformed(asked.who + ": no list where one belongs"));
  }
  const auto list = require_array(*body, key);
  return list.ok() ? Result<json>(**list) : Result<json>(with_context(asked.who, list.error()));
}

PullRequestState derive_state(std::string_view state, JsonPresence merged, bool is_draft) {
  if (merged == JsonPresence::present) {
    return PullRequestState::merged;
  }
  if (state == "closed") {
    return PullRequestState::closed_unmerged;
  }
  return is_draft ? PullRequestState::draft : PullRequestState::open;
}

// The id of the repository that a branch of a pull request is in; "" where it is gone.
std::string find_home(const json& end) {
  const auto repository = find_object(end, "repo");
  if (!repository.ok() || *repository == nullptr) {
    return "";
  }
  auto id = parse_rest_number(**repository, "id");
  return id.ok() ? std::move(*id) : "";
}

struct ParsedPullRequest {
  GithubRestPullRequest pull_request;
  std::string branch;
  bool is_foreign = true;
};

Result<ParsedPullRequest> parse_one(const json& object) {
  ParsedPullRequest parsed;
  PullRequestEvidence& evidence = parsed.pull_request.evidence;
  const auto number = require_int64(object, "number");
  const auto state = require_string(object, "state");
  const auto draft = find_bool(object, "draft");
  auto link = require_string(object, "html_url");
  const auto base = require_object(object, "base");
  const auto head = require_object(object, "head");
  const auto created = find_timestamp(object, "created_at");
  const auto merged = find_timestamp(object, "merged_at");
  const auto mergeable = find_bool(object, "mergeable");
  auto node = find_string(object, "node_id");
  auto author = parse_rest_actor(object, "user");
  if (!number.ok() || !state.ok() || !draft.ok() || !link.ok() || !base.ok() || !head.ok() || !created.ok() ||
      !merged.ok() || !mergeable.ok() || !node.ok() || !author.ok() || *number <= 0) {
    return malformed("a pull request without number, state or branches");
  }
  auto base_branch = require_string(**base, "ref");
  auto head_branch = require_string(**head, "ref");
  auto head_sha = require_string(**head, "sha");
  if (!base_branch.ok() || !head_branch.ok() || !head_sha.ok()) {
    return malformed("a pull request without branches");
  }
  evidence.number = *number;
  evidence.state = derive_state(*state, inspect_json(object, "merged_at"), draft->value_or(false));
  evidence.link = std::move(*link);
  evidence.base_branch = std::move(*base_branch);
  evidence.head = std::move(*head_sha);
  evidence.created_at = *created;
  evidence.merged_at = *merged;
  evidence.author = std::move(*author);
  if (*mergeable) {
    evidence.mergeability = **mergeable ? Mergeability::mergeable : Mergeability::conflicting;
  }
  parsed.pull_request.node_id = node->value_or("");
  parsed.branch = std::move(*head_branch);
  const std::string home = find_home(**head);
  parsed.is_foreign = home.empty() || home != find_home(**base);
  return parsed;
}

Result<GithubCheck> parse_check_run(const json& object) {
  auto name = require_string(object, "name");
  const auto status = require_string(object, "status");
  const auto conclusion = find_string(object, "conclusion");
  const auto started = find_timestamp(object, "started_at");
  const auto completed = find_timestamp(object, "completed_at");
  auto link = find_string(object, "details_url");
  const auto id = parse_rest_number(object, "id");
  const auto suite = find_object(object, "check_suite");
  auto suite_id = suite.ok() && *suite != nullptr && inspect_json(**suite, "id") == JsonPresence::present
                      ? parse_rest_number(**suite, "id")
                      : Result<std::string>(std::string());
  const auto app = find_object(object, "app");
  const auto slug =
      app.ok() && *app != nullptr ? find_string(**app, "slug") : Result<std::optional<std::string>>(std::nullopt);
  if (!name.ok() || !status.ok() || !conclusion.ok() || !started.ok() || !completed.ok() || !link.ok() || !id.ok() ||
      !suite.ok() || !suite_id.ok() || !app.ok() || !slug.ok()) {
    return malformed("a check run without name, status or id");
  }
  CheckResult result;
  result.name = std::move(*name);
  result.state = derive_check_state({.status = *status, .conclusion = conclusion->value_or("")});
  result.link = link->value_or("");
  const auto job = *slug == "github-actions" ? try_github_job(result.link) : std::nullopt;
  result.rerun = job ? CheckResult::Rerun::possible : CheckResult::Rerun::not_possible;
  result.id = render_check_id(job, *id);
  result.started_at = *started;
  result.completed_at = *completed;
  return GithubCheck{.result = std::move(result), .suite = std::move(*suite_id)};
}

Result<GithubCheck> parse_status(const json& object) {
  auto name = require_string(object, "context");
  const auto state = require_string(object, "state");
  auto link = find_string(object, "target_url");
  const auto created = find_timestamp(object, "created_at");
  if (!name.ok() || !state.ok() || !link.ok() || !created.ok()) {
    return malformed("a commit status without context or state");
  }
  CheckResult result;
  result.source = CheckResult::Source::commit_status;
  result.name = std::move(*name);
  result.state = derive_status_state(*state);
  result.link = link->value_or("");
  result.started_at = *created;
  return GithubCheck{.result = std::move(result), .suite = {}};
}

template <typename Value, typename Parse>
Result<std::vector<Value>> parse_all(const Result<json>& list, const GithubAsked& asked, Parse parse) {
  if (!list.ok()) {
    return list.error();
  }
  std::vector<Value> values;
  for (const json& object : *list) {
    auto value = parse(object);
    if (!value.ok()) {
      return with_context(asked.who, std::move(value).error());
    }
    values.push_back(std::move(*value));
  }
  return values;
}

// Texts under some keys of an object, a line each.
std::string gather_text(const json& object, std::initializer_list<std::string_view> keys) {
  std::string text;
  for (const std::string_view key : keys) {
    const auto found = find_string(object, key);
    if (found.ok() && *found && !(*found)->empty()) {
      text += **found + "\n";
    }
  }
  return text;
}

std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

Result<std::vector<GithubRestPullRequest>> parse_rest_pull_requests(const http::Response& response,
                                                                    std::string_view branch, const GithubAsked& asked) {
  auto all = parse_all<ParsedPullRequest>(parse_rest_list(response, "", asked), asked, parse_one);
  if (!all.ok()) {
    return std::move(all).error();
  }
  std::vector<GithubRestPullRequest> own;
  for (ParsedPullRequest& one : *all) {
    if (one.branch == branch && !one.is_foreign) {
      own.push_back(std::move(one.pull_request));
    }
  }
  return own;
}

Result<GithubRestPullRequest> parse_rest_pull_request(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  auto parsed = body.ok() ? parse_one(*body) : Result<ParsedPullRequest>(body.error());
  if (!parsed.ok()) {
    return with_context(asked.who, std::move(parsed).error());
  }
  return std::move(parsed->pull_request);
}

Result<ReviewState> parse_rest_reviews(const http::Response& response, const GithubAsked& asked) {
  const auto list = parse_rest_list(response, "", asked);
  if (!list.ok()) {
    return list.error();
  }
  std::map<std::string, std::string> last_words; // in the order they were said
  for (const json& review : *list) {
    const auto state = require_string(review, "state");
    const auto author = parse_rest_actor(review, "user");
    if (!state.ok() || !author.ok()) {
      return malformed(asked.who + ": a review without state or author");
    }
    if (*state == "APPROVED" || *state == "CHANGES_REQUESTED" || *state == "DISMISSED") {
      last_words[author->id] = *state;
    }
  }
  const auto says = [&](std::string_view word) {
    return std::ranges::any_of(last_words, [&](const auto& one) { return one.second == word; });
  };
  if (says("CHANGES_REQUESTED")) {
    return ReviewState::changes_requested;
  }
  return says("APPROVED") ? ReviewState::approved : ReviewState::none;
}

Result<GithubRestClosing> parse_rest_closing(const http::Response& response, const GithubAsked& asked) {
  const auto list = parse_rest_list(response, "", asked);
  if (!list.ok()) {
    return list.error();
  }
  GithubRestClosing closing;
  for (const json& entry : *list) {
    const auto name = find_string(entry, "event");
    const auto commit = find_string(entry, "commit_id");
    auto actor = parse_rest_actor(entry, "actor");
    if (!name.ok() || !commit.ok() || !actor.ok()) {
      return malformed(asked.who + ": a log entry without a kind");
    }
    if (*name == "merged") {
      closing.merge_commit = commit->value_or("");
    } else if (*name == "closed") {
      closing.closed_by = std::move(*actor);
    }
  }
  return closing;
}

Result<std::vector<GithubCheck>> parse_rest_check_runs(const http::Response& response, const GithubAsked& asked) {
  return parse_all<GithubCheck>(parse_rest_list(response, "check_runs", asked), asked, parse_check_run);
}

Result<std::vector<GithubCheck>> parse_rest_statuses(const http::Response& response, const GithubAsked& asked) {
  return parse_all<GithubCheck>(parse_rest_list(response, "", asked), asked, parse_status);
}

std::vector<std::string> parse_rest_required(const http::Response& branch, const http::Response& rules) {
  std::vector<std::string> required;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(required, name) == required.end()) {
      required.push_back(name);
    }
  };
  const auto body = parse_json_body(branch);
  const auto protection = body.ok() ? find_object(*body, "protection") : Result<const json*>(body.error());
  const auto checks = protection.ok() && *protection != nullptr
                          ? find_object(**protection, "required_status_checks")
                          : Result<const json*>(static_cast<const json*>(nullptr));
  if (checks.ok() && *checks != nullptr) {
    const auto names = find_array(**checks, "contexts");
    if (names.ok() && *names != nullptr) {
      for (const json& name : **names) {
        if (name.is_string()) {
          add(name.get<std::string>());
        }
      }
    }
  }
  const auto list = parse_json_body(rules);
  if (!list.ok() || !list->is_array()) {
    return required;
  }
  for (const json& rule : *list) {
    const auto parameters =
        rule.is_object() ? find_object(rule, "parameters") : Result<const json*>(static_cast<const json*>(nullptr));
    const auto of_rule = parameters.ok() && *parameters != nullptr
                             ? find_array(**parameters, "required_status_checks")
                             : Result<const json*>(static_cast<const json*>(nullptr));
    if (!of_rule.ok() || *of_rule == nullptr) {
      continue;
    }
    for (const json& check : **of_rule) {
      const auto name =
          check.is_object() ? find_string(check, "context") : Result<std::optional<std::string>>(std::nullopt);
      if (name.ok() && *name) {
        add(**name);
      }
    }
  }
  return required;
}

Result<std::vector<GithubRestDeployment>> parse_rest_deployments(const http::Response& response,
                                                                 const GithubAsked& asked) {
  return parse_all<GithubRestDeployment>(parse_rest_list(response, "", asked), asked,
                                         [](const json& object) -> Result<GithubRestDeployment> {
                                           auto id = parse_rest_number(object, "id");
                                           auto revision = require_string(object, "sha");
                                           const auto created = find_timestamp(object, "created_at");
                                           if (!id.ok() || !revision.ok() || !created.ok()) {
                                             return malformed("a deployment without id or commit");
                                           }
                                           return GithubRestDeployment{.id = std::move(*id),
                                                                       .evidence = {.state = DeploymentState::pending,
                                                                                    .revision = std::move(*revision),
                                                                                    .link = {},
                                                                                    .problem = {},
                                                                                    .at = *created}};
                                         });
}

Result<DeploymentEvidence> parse_rest_deployment_status(const http::Response& response, DeploymentEvidence evidence,
                                                        const GithubAsked& asked) {
  const auto list = parse_rest_list(response, "", asked);
  if (!list.ok()) {
    return list.error();
  }
  if (list->empty()) {
    return evidence;
  }
  const json& status = list->front(); // the newest comes first
  const auto state = require_string(status, "state");
  const auto page = find_string(status, "environment_url");
  const auto log = find_string(status, "log_url");
  const auto said = find_string(status, "description");
  const auto at = find_timestamp(status, "created_at");
  if (!state.ok() || !page.ok() || !log.ok() || !said.ok() || !at.ok()) {
    return malformed(asked.who + ": a deployment's status without a state");
  }
  evidence.state = derive_deployment_state(*state);
  const bool failed = evidence.state == DeploymentState::failed;
  const std::string first = failed ? log->value_or("") : page->value_or("");
  evidence.link = first.empty() ? (failed ? page->value_or("") : log->value_or("")) : first;
  if (failed) {
    evidence.problem = truncate_text(said->value_or(""), {.max_bytes = longest_problem, .note = "..."});
  }
  evidence.at = *at ? *at : evidence.at;
  return evidence;
}

std::string parse_rest_check_output(const http::Response& response) {
  const auto body = parse_json_body(response);
  const auto output = body.ok() ? find_object(*body, "output") : Result<const json*>(body.error());
  return output.ok() && *output != nullptr ? gather_text(**output, {"title", "summary", "text"}) : "";
}

std::string parse_rest_annotations(const http::Response& response) {
  const auto list = parse_json_body(response);
  if (!list.ok() || !list->is_array()) {
    return "";
  }
  std::string text;
  for (const json& annotation : *list) {
    if (!annotation.is_object()) {
      continue;
    }
    const auto line = find_int64(annotation, "start_line");
    const auto path = find_string(annotation, "path");
    text += fmt::format("{}:{}: {}", path.ok() ? path->value_or("") : "", line.ok() ? line->value_or(0) : 0,
                        gather_text(annotation, {"title", "message", "raw_details"}));
  }
  return text;
}

Result<std::string> parse_rest_ref(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  const auto object = body.ok() ? require_object(*body, "object") : Result<const json*>(body.error());
  return object.ok() ? require_string(**object, "sha") : Result<std::string>(object.error());
}

GithubMerged parse_rest_merged(const http::Response& response) {
  const auto body = parse_json_body(response);
  const auto merged = body.ok() ? find_bool(*body, "merged") : Result<std::optional<bool>>(body.error());
  return merged.ok() && merged->value_or(false) ? GithubMerged::yes : GithubMerged::no;
}

std::string parse_rest_merge_method(const http::Response& repository) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> methods{
      {{"allow_merge_commit", "merge"}, {"allow_squash_merge", "squash"}, {"allow_rebase_merge", "rebase"}}};
  const auto body = parse_json_body(repository);
  for (const auto& [key, method] : methods) {
    const auto allowed = body.ok() ? find_bool(*body, key) : Result<std::optional<bool>>(body.error());
    if (allowed.ok() && allowed->value_or(false)) {
      return std::string(method);
    }
  }
  return "merge"; // a token that is not told tries the usual one
}

std::string render_rest_pull_request(const GithubPullRequestBody& body) {
  return dump({{"title", body.title},
               {"body", body.body},
               {"head", body.head},
               {"base", body.base},
               {"draft", body.form == GithubPullRequestBody::Form::draft},
               {"maintainer_can_modify", false}});
}

std::string render_rest_merge(const GithubMergeBody& body) {
  return dump({{"sha", body.head}, {"merge_method", body.method}});
}

} // namespace afk::adapter

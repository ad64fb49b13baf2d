#include <afk/adapter/github_work_codec.hpp>

#include <afk/adapter/github_envelope_codec.hpp>
#include <afk/adapter/github_work.hpp>
#include <afk/core/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace afk::adapter {

using nlohmann::json;

namespace {

constexpr std::size_t longest_problem = 500;

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

PullRequestState derive_state(std::string_view state, bool is_draft) {
  if (state == "MERGED") {
    return PullRequestState::merged;
  }
  if (state == "CLOSED") {
    return PullRequestState::closed_unmerged;
  }
  return is_draft ? PullRequestState::draft : PullRequestState::open;
}

Mergeability derive_mergeability(std::string_view word) {
  if (word == "MERGEABLE") {
    return Mergeability::mergeable;
  }
  return word == "CONFLICTING" ? Mergeability::conflicting : Mergeability::unknown;
}

ReviewState derive_review(std::string_view word) {
  if (word == "APPROVED") {
    return ReviewState::approved;
  }
  if (word == "CHANGES_REQUESTED") {
    return ReviewState::changes_requested;
  }
  return word == "REVIEW_REQUIRED" ? ReviewState::required : ReviewState::none;
}

Result<std::optional<Actor>> parse_closer(const json& node) {
  const auto nodes = require_nodes(node, "timelineItems");
  if (!nodes.ok()) {
    return nodes.error();
  }
  if ((*nodes)->empty() || !(*nodes)->back().is_object()) {
    return std::optional<Actor>();
  }
  auto actor = parse_github_actor((*nodes)->back(), "actor");
  return actor.ok() ? Result<std::optional<Actor>>(std::optional(std::move(*actor)))
                    : Result<std::optional<Actor>>(actor.error());
}

Result<PullRequestEvidence> parse_pull_request(const json& node) {
  PullRequestEvidence evidence;
  const auto number = require_int64(node, "number");
  const auto state = require_string(node, "state");
  const auto draft = find_bool(node, "isDraft");
  auto link = require_string(node, "url");
  auto base = require_string(node, "baseRefName");
  auto head = require_string(node, "headRefOid");
  const auto mergeable = find_string(node, "mergeable");
  const auto review = find_string(node, "reviewDecision");
  const auto created = find_timestamp(node, "createdAt");
  const auto merged = find_timestamp(node, "mergedAt");
  const auto merge = find_object(node, "mergeCommit");
  auto author = parse_github_actor(node, "author");
  auto closer = parse_closer(node);
  if (!number.ok() || !state.ok() || !draft.ok() || !link.ok() || !base.ok() || !head.ok() || !mergeable.ok() ||
      !review.ok() || !created.ok() || !merged.ok() || !merge.ok() || !author.ok() || !closer.ok()) {
    return malformed("a pull request without number, state, branches or head");
  }
  evidence.number = *number;
  evidence.state = derive_state(*state, draft->value_or(false));
  evidence.link = std::move(*link);
  evidence.base_branch = std::move(*base);
  evidence.head = std::move(*head);
  evidence.mergeability = derive_mergeability(mergeable->value_or(""));
  evidence.review = derive_review(review->value_or(""));
  evidence.created_at = *created;
  evidence.merged_at = *merged;
  evidence.author = std::move(*author);
  if (*merge != nullptr) {
    auto oid = require_string(**merge, "oid");
    if (!oid.ok()) {
      return std::move(oid).error();
    }
    evidence.merge_commit = std::move(*oid);
  }
  if (evidence.state == PullRequestState::closed_unmerged) {
    evidence.closed_by = std::move(*closer);
  }
  return evidence;
}

struct FoundPullRequest {
  std::optional<PullRequestEvidence> evidence;
  std::string node;
};

// Of a connection of pull requests, those whose head is that branch of the same repository.
Result<FoundPullRequest> parse_pull_requests(const json& object, std::string_view connection, std::string_view branch) {
  const auto nodes = require_nodes(object, connection);
  if (!nodes.ok()) {
    return nodes.error();
  }
  std::vector<PullRequestEvidence> all;
  std::map<std::int64_t, std::string> ids;
  for (const json& node : **nodes) {
    const auto head = require_string(node, "headRefName");
    const auto foreign = find_bool(node, "isCrossRepository");
    if (!head.ok() || !foreign.ok()) {
      return malformed("a pull request without a head branch");
    }
    if (*head != branch || foreign->value_or(true)) {
      continue;
    }
    auto evidence = parse_pull_request(node);
    if (!evidence.ok()) {
      return std::move(evidence).error();
    }
    if (const auto id = find_string(node, "id"); id.ok() && *id) {
      ids[evidence->number] = **id;
    }
    all.push_back(std::move(*evidence));
  }
  FoundPullRequest found{.evidence = choose_pull_request(std::move(all)), .node = {}};
  if (found.evidence) {
    found.node = ids[found.evidence->number];
  }
  return found;
}

Result<GithubCheck> parse_check_run(const json& node) {
  auto name = require_string(node, "name");
  const auto status = require_string(node, "status");
  const auto conclusion = find_string(node, "conclusion");
  const auto started = find_timestamp(node, "startedAt");
  const auto completed = find_timestamp(node, "completedAt");
  auto link = find_string(node, "detailsUrl");
  auto id = parse_id_key(node, "databaseId");
  const auto suite = find_object(node, "checkSuite");
  const bool has_suite = suite.ok() && *suite != nullptr;
  auto suite_id = has_suite && inspect_json(**suite, "databaseId") == JsonPresence::present
                      ? parse_id_key(**suite, "databaseId")
                      : Result<std::string>(std::string());
  const auto app = has_suite ? find_object(**suite, "app") : suite;
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

Result<GithubCheck> parse_status(const json& node) {
  auto name = require_string(node, "context");
  const auto state = require_string(node, "state");
  auto link = find_string(node, "targetUrl");
  const auto created = find_timestamp(node, "createdAt");
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

// A commit without any check has no rollup at all.
Result<HeadChecks> parse_checks(const json& commit, const std::string& head) {
  HeadChecks checks{.head = head, .results = {}, .required_by_forge = {}};
  const auto rollup = find_object(commit, "statusCheckRollup");
  if (!rollup.ok() || *rollup == nullptr) {
    return rollup.ok() ? Result<HeadChecks>(std::move(checks)) : Result<HeadChecks>(rollup.error());
  }
  const auto edge = parse_edge(**rollup, "contexts", "hasNextPage");
  const auto nodes = require_nodes(**rollup, "contexts");
  if (!edge.ok() || !nodes.ok()) {
    return edge.ok() ? nodes.error() : edge.error();
  }
  if (*edge == GithubEdge::cut) {
    return Error{.kind = ErrorKind::too_large, .message = "more than 100 checks of one commit"};
  }
  std::vector<GithubCheck> all;
  for (const json& node : **nodes) {
    const auto type = require_string(node, "__typename");
    auto result = type.ok() && *type == "CheckRun"        ? parse_check_run(node)
                  : type.ok() && *type == "StatusContext" ? parse_status(node)
                                                          : Result<GithubCheck>(malformed("a check of no known kind"));
    if (!result.ok()) {
      return std::move(result).error();
    }
    all.push_back(std::move(*result));
  }
  checks.results = keep_newest_checks(std::move(all));
  return checks;
}

// What protection and rules of a branch ask for; nothing where the token may not read them.
std::vector<std::string> parse_required(const json& branch) {
  std::vector<std::string> required;
  const auto add = [&](const json& name) {
    if (name.is_string() && std::ranges::find(required, name.get<std::string>()) == required.end()) {
      required.push_back(name.get<std::string>());
    }
  };
  const auto rule = find_object(branch, "branchProtectionRule");
  if (rule.ok() && *rule != nullptr) {
    const auto on = find_bool(**rule, "requiresStatusChecks");
    const auto names = find_array(**rule, "requiredStatusCheckContexts");
    if (on.ok() && on->value_or(false) && names.ok() && *names != nullptr) {
      std::ranges::for_each(**names, add);
    }
  }
  const auto rules = find_object(branch, "rules");
  const auto nodes = rules.ok() && *rules != nullptr ? find_array(**rules, "nodes")
                                                     : Result<const json*>(static_cast<const json*>(nullptr));
  if (!nodes.ok() || *nodes == nullptr) {
    return required;
  }
  for (const json& one : **nodes) {
    const auto parameters =
        one.is_object() ? find_object(one, "parameters") : Result<const json*>(static_cast<const json*>(nullptr));
    const auto checks = parameters.ok() && *parameters != nullptr
                            ? find_array(**parameters, "requiredStatusChecks")
                            : Result<const json*>(static_cast<const json*>(nullptr));
    if (!checks.ok() || *checks == nullptr) {
      continue;
    }
    for (const json& check : **checks) {
      const auto context =
          check.is_object() ? find_string(check, "context") : Result<std::optional<std::string>>(std::nullopt);
      if (context.ok() && *context) {
        add(json(**context));
      }
    }
  }
  return required;
}

Result<DeploymentEvidence> parse_deployment(const json& node) {
  auto revision = require_string(node, "commitOid");
  const auto created = find_timestamp(node, "createdAt");
  const auto status = find_object(node, "latestStatus");
  if (!revision.ok() || !created.ok() || !status.ok()) {
    return malformed("a deployment without a commit");
  }
  DeploymentEvidence evidence{
      .state = DeploymentState::pending, .revision = std::move(*revision), .link = {}, .problem = {}, .at = *created};
  if (*status == nullptr) {
    return evidence;
  }
  const auto state = require_string(**status, "state");
  const auto page = find_string(**status, "environmentUrl");
  const auto log = find_string(**status, "logUrl");
  const auto said = find_string(**status, "description");
  const auto at = find_timestamp(**status, "createdAt");
  if (!state.ok() || !page.ok() || !log.ok() || !said.ok() || !at.ok()) {
    return malformed("a deployment's status without a state");
  }
  evidence.state = derive_deployment_state(*state);
  const bool failed = evidence.state == DeploymentState::failed;
  evidence.link = failed ? log->value_or(page->value_or("")) : page->value_or(log->value_or(""));
  if (failed) {
    evidence.problem = truncate_text(said->value_or(""), {.max_bytes = longest_problem, .note = "..."});
  }
  evidence.at = *at ? *at : evidence.at;
  return evidence;
}

Result<DeploymentEvidence> parse_deployments(const json& part) {
  const auto nodes = require_nodes(part, "deployments");
  if (!nodes.ok()) {
    return nodes.error();
  }
  std::vector<DeploymentEvidence> all;
  for (const json& node : **nodes) {
    auto evidence = parse_deployment(node);
    if (!evidence.ok()) {
      return std::move(evidence).error();
    }
    all.push_back(std::move(*evidence));
  }
  return choose_deployment(all);
}

void note_branch(const json& node, const RepositoryName& repository, GithubMemory& memory) {
  const auto name = require_string(node, "name");
  const auto target = require_object(node, "target");
  const auto oid = target.ok() ? require_string(**target, "oid") : Result<std::string>(target.error());
  if (!name.ok() || !oid.ok()) {
    return;
  }
  if (auto checks = parse_checks(**target, *oid); checks.ok()) {
    memory.checks.insert_or_assign(make_github_key(repository, *oid), std::move(*checks));
  }
  if (auto found = parse_pull_requests(node, "associatedPullRequests", *name); found.ok()) {
    memory.pull_requests.insert_or_assign(make_github_key(repository, *name), std::move(found->evidence));
  }
}

// Of the default branch: what is required on it, and the checks of its head where they were asked for.
void note_base(const json& part, const RepositoryName& repository, GithubMemory& memory) {
  const auto base = find_object(part, "defaultBranchRef");
  if (!base.ok() || *base == nullptr || inspect_json(**base, "rules") == JsonPresence::absent) {
    return;
  }
  const auto name = require_string(**base, "name");
  const auto target = require_object(**base, "target");
  const auto oid = target.ok() ? require_string(**target, "oid") : Result<std::string>(target.error());
  if (!name.ok() || !oid.ok()) {
    return;
  }
  // Whoever names no base means this one.
  memory.required.insert_or_assign(make_github_key(repository, *name), parse_required(**base));
  if (inspect_json(**target, "statusCheckRollup") == JsonPresence::absent) {
    return;
  }
  if (auto checks = parse_checks(**target, *oid); checks.ok()) {
    memory.checks.insert_or_assign(make_github_key(repository, *oid), std::move(*checks));
  }
}

Result<GithubWork> parse_work(const GithubEnvelope& envelope, std::size_t index, const json& object,
                              const GithubWorkPart& part) {
  GithubWork work;
  if (!part.branch.empty()) {
    auto found = parse_pull_requests(object, "pullRequests", part.branch);
    if (!found.ok()) {
      return std::move(found).error();
    }
    work.pull_request = std::move(found->evidence);
    work.pull_request_node = std::move(found->node);
  }
  if (!part.head.empty()) {
    const auto commit = find_github_member(envelope, index, object, "object");
    if (!commit.ok()) {
      return commit.error();
    }
    if (*commit == nullptr) {
      return Error{.kind = ErrorKind::not_found, .message = "there is no such commit on the forge"};
    }
    auto checks = parse_checks(**commit, part.head);
    if (!checks.ok()) {
      return std::move(checks).error();
    }
    work.checks = std::move(*checks);
  }
  if (!part.base_branch.empty()) {
    const auto branch = find_object(object, "ref");
    if (branch.ok() && *branch != nullptr) {
      work.checks.required_by_forge = parse_required(**branch);
    }
  }
  if (part.environment) {
    auto deployment = parse_deployments(object);
    if (!deployment.ok()) {
      return std::move(deployment).error();
    }
    work.deployment = std::move(*deployment);
  }
  return work;
}

} // namespace

void note_github_work(const http::Response& response, const GithubIssueQuery& query, const GithubAsked& asked,
                      GithubMemory& memory) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return;
  }
  for (std::size_t index = 0; index < query.issues.size(); ++index) {
    const auto part = find_github_part(*envelope, index, asked);
    if (!part.ok()) {
      continue;
    }
    const RepositoryName& repository = query.issues[index].repository;
    const auto branches = require_nodes(**part, "refs");
    if (branches.ok()) {
      for (const json& node : **branches) {
        note_branch(node, repository, memory);
      }
    }
    note_base(**part, repository, memory);
    if (query.environment && query.detail == GithubDetail::run) {
      if (auto deployment = parse_deployments(**part); deployment.ok()) {
        memory.deployments.insert_or_assign(make_github_key(repository, *query.environment), std::move(*deployment));
      }
    }
  }
}

Result<std::vector<Result<GithubWork>>>
parse_github_work(const http::Response& response, std::span<const GithubWorkPart> parts, const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  std::vector<Result<GithubWork>> works;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const auto part = find_github_part(*envelope, index, asked);
    auto work = part.ok() ? parse_work(*envelope, index, **part, parts[index]) : Result<GithubWork>(part.error());
    works.push_back(
        work.ok() ? std::move(work)
                  : Result<GithubWork>(with_context(asked.who + ": " + render_repository_name(parts[index].repository),
                                                    std::move(work).error())));
  }
  return works;
}

Result<void> parse_github_mutation(const http::Response& response, const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  if (!envelope->problems.empty()) {
    Error error = envelope->problems.front().error;
    if (error.kind == ErrorKind::unreachable) {
      error.kind = ErrorKind::refused; // it was understood, and said no
    }
    return error;
  }
  return {};
}

} // namespace afk::adapter

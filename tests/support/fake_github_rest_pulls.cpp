#include <support/fake_github_call.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace afk::test::github {

namespace {

Git git_of(const Call& call) {
  return Git(call.repository->git_folder);
}

Issue* find_pull(Call& call) {
  Issue* const issue = find_issue(call.state, *call.repository, number_of(call.path.at(1)));
  return issue == nullptr || !issue->pull ? nullptr : issue;
}

template <typename Handle>
Answer with_pull(Call& call, Handle handle) {
  Issue* const pull = find_pull(call);
  if (pull == nullptr) {
    return fail(404);
  }
  refresh_pull(call.state, *pull);
  return handle(*pull);
}

// "owner:branch" of the query, without the owner; the owner must be the repository's.
bool head_fits(const Call& call, const Issue& pull) {
  const auto wanted = call.query.find("head");
  if (wanted == call.query.end()) {
    return true;
  }
  const std::size_t colon = wanted->second.find(':');
  if (colon == std::string::npos) {
    return true; // GitHub drops a head without an owner
  }
  return equal_ascii_folded(wanted->second.substr(0, colon), call.state.accounts.at(call.repository->owner).login) &&
         wanted->second.substr(colon + 1) == pull.pull->head_branch;
}

Answer list_pulls(Call& call) {
  const std::string state = call.query.contains("state") ? call.query.at("state") : "open";
  std::vector<Json> listed;
  for (const std::int64_t id : call.repository->issues) {
    Issue& issue = call.state.issues.at(id);
    if (!issue.pull || !head_fits(call, issue) || (state != "all" && issue.open != (state == "open")) ||
        (call.query.contains("base") && call.query.at("base") != issue.pull->base_branch)) {
      continue;
    }
    refresh_pull(call.state, issue);
    listed.push_back(render_pull(call, issue, PullForm::listed));
  }
  if (!call.query.contains("direction") || call.query.at("direction") != "asc") {
    std::ranges::reverse(listed);
  }
  return answer_page(call, listed);
}

Answer open_pull(Call& call) {
  const std::string base = text_of(call.body, "base");
  std::string head = text_of(call.body, "head");
  const std::string owner = call.state.accounts.at(call.repository->owner).login + ":";
  if (head.starts_with(owner)) {
    head.erase(0, owner.size());
  }
  if (!viewer_may(call, "write")) {
    return fail(403);
  }
  if (call.repository->git_folder.empty() || !git_of(call).branch(head)) {
    return fail_validation("PullRequest", "head", "invalid");
  }
  const auto base_sha = git_of(call).branch(base);
  if (!base_sha) {
    return fail_validation("PullRequest", "base", "invalid");
  }
  const std::string head_sha = git_of(call).branch(head).value();
  if (git_of(call).between(*base_sha, head_sha).empty()) {
    return fail_validation("PullRequest", "base", "custom", fmt::format("No commits between {} and {}", base, head));
  }
  for (const std::int64_t id : call.repository->issues) {
    const Issue& other = call.state.issues.at(id);
    if (other.pull && other.open && other.pull->head_branch == head && other.pull->base_branch == base) {
      return fail_validation("PullRequest", "head", "custom",
                             fmt::format("A pull request already exists for {}{}.", owner, head));
    }
  }
  const std::string title = text_of(call.body, "title");
  if (title.empty()) {
    return fail_validation("PullRequest", "title", "missing_field");
  }
  Issue& issue = create_issue(call.state, *call.repository, call.state.viewer, title, text_of(call.body, "body"));
  issue.pull = Pull{.draft = call.body.value("draft", Json(false)) == Json(true),
                    .head_branch = head,
                    .base_branch = base,
                    .head_sha = head_sha,
                    .base_sha = *base_sha};
  return {.status = 201, .body = render_pull(call, issue, PullForm::whole)};
}

Answer show_pull(Call& call) {
  return with_pull(call, [&](Issue& pull) { return Answer{.body = render_pull(call, pull, PullForm::whole)}; });
}

Answer edit_pull(Call& call) {
  return with_pull(call, [&](Issue& pull) {
    if (!viewer_may(call, "write")) {
      return fail(403);
    }
    if (call.body.contains("title")) {
      change_title(call.state, pull, call.state.viewer, text_of(call.body, "title"));
    }
    if (call.body.contains("body")) {
      change_body(call.state, pull, call.state.viewer, text_of(call.body, "body"));
    }
    const std::string state = text_of(call.body, "state");
    if (state == "closed") {
      close_issue(call.state, pull, call.state.viewer, "");
    } else if (state == "open") {
      if (pull.pull->merged) {
        return fail_validation("PullRequest", "state", "invalid");
      }
      reopen_issue(call.state, pull, call.state.viewer);
    }
    return Answer{.body = render_pull(call, pull, PullForm::whole)};
  });
}

Answer merge(Call& call) {
  return with_pull(call, [&](Issue& pull) {
    if (!viewer_may(call, "write")) {
      return fail(403);
    }
    return merge_pull(call.state, pull, call.state.viewer, text_of(call.body, "sha"));
  });
}

Answer is_merged(Call& call) {
  return with_pull(call, [](const Issue& pull) { return pull.pull->merged ? Answer{.status = 204} : fail(404); });
}

Answer list_reviews(Call& call) {
  return with_pull(call, [&](const Issue& pull) {
    std::vector<Json> listed;
    const std::string url = fmt::format("{}/pulls/{}", repository_url(call, *call.repository), pull.number);
    for (const Review& review : pull.pull->reviews) {
      listed.push_back({{"id", review.id},
                        {"node_id", fmt::format("PRR_{}", review.id)},
                        {"user", render_user(call, review.author)},
                        {"body", ""},
                        {"state", review.state},
                        {"html_url", url},
                        {"pull_request_url", url},
                        {"author_association", "COLLABORATOR"},
                        {"_links", {{"html", {{"href", url}}}, {"pull_request", {{"href", url}}}}},
                        {"submitted_at", render_time(review.at)},
                        {"commit_id", review.commit}});
    }
    return answer_page(call, listed);
  });
}

Json render_side(Call& call, const std::string& branch, const std::string& sha) {
  return {{"label", call.state.accounts.at(call.repository->owner).login + ":" + branch},
          {"ref", branch},
          {"sha", sha},
          {"user", render_user(call, call.repository->owner)},
          {"repo", render_repository(call, *call.repository)}};
}

} // namespace

void refresh_pull(State& state, Issue& issue) {
  if (!issue.open || state.repositories.at(issue.repository).git_folder.empty()) {
    return;
  }
  const auto branches = Git(state.repositories.at(issue.repository).git_folder).branches();
  const auto head = branches.find(issue.pull->head_branch);
  if (head == branches.end()) {
    close_issue(state, issue, issue.author, ""); // GitHub closes a pull request whose branch is gone
    return;
  }
  issue.pull->head_sha = head->second;
  if (const auto base = branches.find(issue.pull->base_branch); base != branches.end()) {
    issue.pull->base_sha = base->second;
  }
}

Mergeable derive_mergeable(State& state, Issue& issue) {
  Pull& pull = *issue.pull;
  if (!issue.open) {
    return Mergeable::unknown;
  }
  if (pull.computed.emplace(pull.base_sha, pull.head_sha).second) {
    return Mergeable::unknown;
  }
  const Git git(state.repositories.at(issue.repository).git_folder);
  return git.merge_tree(pull.base_sha, pull.head_sha) ? Mergeable::yes : Mergeable::no;
}

Answer merge_pull(State& state, Issue& issue, std::int64_t actor, std::string_view expected_head) {
  Pull& pull = *issue.pull;
  Repository& repository = state.repositories.at(issue.repository);
  if (!issue.open) {
    return fail(405, "Pull Request is not mergeable");
  }
  if (pull.draft) {
    return fail(405, "Pull Request is still a draft");
  }
  if (!expected_head.empty() && expected_head != pull.head_sha) {
    return fail(409, "Head branch was modified. Review and try the merge again.");
  }
  if (const auto found = repository.protections.find(pull.base_branch); found != repository.protections.end()) {
    const auto approvals = std::ranges::count(pull.reviews, std::string("APPROVED"), &Review::state);
    if (approvals < found->second.required_reviews) {
      return fail(405, "At least " + std::to_string(found->second.required_reviews) +
                           " approving review is required by reviewers with write access.");
    }
    const auto checks = newest_checks(repository, pull.head_sha);
    for (const std::string& required : found->second.required_checks) {
      if (std::ranges::none_of(checks, [&](const CheckRun* check) {
            return check->name == required && check->conclusion == "success";
          })) {
        return fail(405, "Required status check \"" + required + "\" is expected.");
      }
    }
  }
  const Git git(repository.git_folder);
  const auto tree = git.merge_tree(pull.base_sha, pull.head_sha);
  if (!tree) {
    return fail(405, "Pull Request is not mergeable");
  }
  const std::string commit = git.commit_tree(
      *tree, {pull.base_sha, pull.head_sha},
      fmt::format("Merge pull request #{} from {}\n\n{}\n", issue.number, pull.head_branch, issue.title),
      state.now.time_since_epoch().count() / 1000);
  if (git.move_branch(pull.base_branch, commit, pull.base_sha) == Git::Outcome::refused) {
    return fail(405, "Base branch was modified. Review and try the merge again.");
  }
  pull.merged = true;
  pull.merged_at = state.now;
  pull.merged_by = actor;
  pull.merge_commit = commit;
  issue.events.push_back(
      {.id = state.next_id(20'000'000'000), .kind = "merged", .actor = actor, .at = state.now, .commit = commit});
  close_issue(state, issue, actor, "");
  if (pull.base_branch == repository.default_branch) {
    static const std::regex closes("(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\\s+#(\\d+)", std::regex::icase);
    for (std::sregex_iterator match(issue.body.begin(), issue.body.end(), closes), end; match != end; ++match) {
      Issue* const closed = find_issue(state, repository, number_of((*match)[1].str()));
      if (closed != nullptr && !closed->pull) {
        close_issue(state, *closed, actor, "completed", commit);
      }
    }
  }
  if (repository.delete_branch_on_merge) {
    static_cast<void>(git.delete_branch(pull.head_branch));
  }
  return {.body = {{"sha", commit}, {"merged", true}, {"message", "Pull Request successfully merged"}}};
}

Json render_pull(Call& call, Issue& issue, PullForm form) {
  const Pull& pull = *issue.pull;
  const std::string url = fmt::format("{}/pulls/{}", repository_url(call, *call.repository), issue.number);
  const Json as_issue = render_issue(call, issue);
  Json rendered;
  for (const char* const name :
       {"id", "node_id", "number", "title", "body", "user", "labels", "state", "assignees", "milestone", "locked",
        "active_lock_reason", "created_at", "updated_at", "closed_at", "author_association", "html_url"}) {
    rendered[name] = as_issue.at(name);
  }
  const std::string page = as_issue.at("html_url").get<std::string>();
  const std::string issue_url = as_issue.at("url").get<std::string>();
  rendered["url"] = url;
  rendered["issue_url"] = issue_url;
  rendered["diff_url"] = page + ".diff";
  rendered["patch_url"] = page + ".patch";
  rendered["commits_url"] = url + "/commits";
  rendered["review_comments_url"] = url + "/comments";
  rendered["review_comment_url"] = repository_url(call, *call.repository) + "/pulls/comments{/number}";
  rendered["comments_url"] = issue_url + "/comments";
  rendered["statuses_url"] = repository_url(call, *call.repository) + "/statuses/" + pull.head_sha;
  rendered["draft"] = pull.draft;
  rendered["merged_at"] = render_time(pull.merged_at);
  rendered["head"] = render_side(call, pull.head_branch, pull.head_sha);
  rendered["base"] = render_side(call, pull.base_branch, pull.base_sha);
  rendered["requested_reviewers"] = rendered["requested_teams"] = Json::array();
  rendered["auto_merge"] = nullptr;
  const std::pair<const char*, const char*> links[] = {{"self", "url"},
                                                       {"html", "html_url"},
                                                       {"issue", "issue_url"},
                                                       {"comments", "comments_url"},
                                                       {"commits", "commits_url"},
                                                       {"review_comments", "review_comments_url"},
                                                       {"review_comment", "review_comment_url"},
                                                       {"statuses", "statuses_url"}};
  for (const auto& [name, source] : links) {
    rendered["_links"][name] = {{"href", rendered[source]}};
  }
  if (call.version == ApiVersion::v2022_11_28) {
    rendered["assignee"] = nullptr;
    rendered["merge_commit_sha"] = pull.merged ? Json(pull.merge_commit) : Json(nullptr);
  }
  if (form == PullForm::listed) {
    return rendered;
  }
  const Mergeable mergeable = derive_mergeable(call.state, issue);
  rendered["merged"] = pull.merged;
  rendered["merged_by"] = render_user(call, pull.merged_by);
  rendered["mergeable"] = mergeable == Mergeable::unknown ? Json(nullptr) : Json(mergeable == Mergeable::yes);
  rendered["rebaseable"] = rendered["mergeable"];
  rendered["mergeable_state"] = mergeable == Mergeable::unknown ? "unknown"
                                : mergeable == Mergeable::no    ? "dirty"
                                : pull.draft                    ? "draft"
                                                                : "clean";
  rendered["comments"] = issue.comments.size();
  rendered["review_comments"] = 0;
  rendered["maintainer_can_modify"] = false;
  rendered["commits"] = git_of(call).between(pull.base_sha, pull.head_sha).size();
  rendered["additions"] = rendered["deletions"] = rendered["changed_files"] = 1;
  return rendered;
}

std::optional<Answer> answer_pulls(Call& call) {
  static const std::vector<Route> routes{
      {"GET", "pulls", list_pulls},
      {"POST", "pulls", open_pull},
      {"GET", "pulls/*", show_pull},
      {"PATCH", "pulls/*", edit_pull},
      {"PUT", "pulls/*/merge", merge},
      {"GET", "pulls/*/merge", is_merged},
      {"GET", "pulls/*/reviews", list_reviews},
  };
  return try_routes(call, routes);
}

} // namespace afk::test::github

#include <support/fake_github_call.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::test::github {

namespace {

std::string node_id(std::string_view prefix, std::int64_t id) {
  return fmt::format("{}_{}", prefix, id);
}

std::string site(const Call& call, const Repository& repository) {
  return call.base_url + "/" + full_name(call.state, repository);
}

std::string issue_page(const Call& call, const Issue& issue) {
  return fmt::format("{}/{}/{}", site(call, call.state.repositories.at(issue.repository)),
                     issue.pull ? "pull" : "issues", issue.number);
}

std::string issue_url(const Call& call, const Issue& issue) {
  return fmt::format("{}/issues/{}", repository_url(call, call.state.repositories.at(issue.repository)), issue.number);
}

std::string_view type_of(Account::Kind kind) {
  switch (kind) {
  case Account::Kind::bot:
    return "Bot";
  case Account::Kind::organization:
    return "Organization";
  case Account::Kind::mannequin:
    return "Mannequin";
  case Account::Kind::user:
    break;
  }
  return "User";
}

Json labels_of(const Call& call, const Issue& issue, const std::vector<std::int64_t>& ids) {
  Json labels = Json::array();
  Repository& repository = call.state.repositories.at(issue.repository);
  for (const std::int64_t id : ids) {
    if (const Label* const label = find_label_by_id(repository, id)) {
      labels.push_back(render_label(call, *label));
    }
  }
  return labels;
}

std::string association_of(const Repository& repository, std::int64_t account) {
  if (account == repository.owner) {
    return "OWNER";
  }
  return repository.roles.contains(account) ? "COLLABORATOR" : "NONE";
}

} // namespace

std::string repository_url(const Call& call, const Repository& repository) {
  return call.base_url + "/repos/" + full_name(call.state, repository);
}

Json render_user(const Call& call, std::int64_t account) {
  // In this interface one account stands for all that are gone.
  static const Account ghost{.id = 10137, .login = "ghost"};
  const Account* shown = shown_account(call.state, account);
  if (account == 0) {
    return nullptr;
  }
  if (shown == nullptr) {
    shown = &ghost;
  }
  const std::string url = call.base_url + "/users/" + percent_encode(shown->login);
  return {{"login", shown->login},
          {"id", shown->id},
          {"node_id", node_id("U", shown->id)},
          {"avatar_url", call.base_url + "/avatars/u/" + std::to_string(shown->id)},
          {"gravatar_id", ""},
          {"url", url},
          {"html_url", call.base_url + "/" + percent_encode(shown->login)},
          {"followers_url", url + "/followers"},
          {"following_url", url + "/following{/other_user}"},
          {"gists_url", url + "/gists{/gist_id}"},
          {"starred_url", url + "/starred{/owner}{/repo}"},
          {"subscriptions_url", url + "/subscriptions"},
          {"organizations_url", url + "/orgs"},
          {"repos_url", url + "/repos"},
          {"events_url", url + "/events{/privacy}"},
          {"received_events_url", url + "/received_events"},
          {"type", type_of(shown->kind)},
          {"user_view_type", "public"},
          {"site_admin", false}};
}

Json render_app(const Call& call) {
  return {{"id", 15368},
          {"client_id", "Iv1.05c79e9ad1f6bdfa"},
          {"slug", "github-actions"},
          {"node_id", "A_15368"},
          {"owner", render_user(call, call.state.viewer)},
          {"name", "GitHub Actions"},
          {"description", "Automate your workflow from idea to production"},
          {"external_url", call.base_url + "/features/actions"},
          {"html_url", call.base_url + "/apps/github-actions"},
          {"created_at", "2018-07-30T09:30:17Z"},
          {"updated_at", "2024-04-10T20:33:16Z"},
          {"permissions", {{"checks", "write"}, {"metadata", "read"}}},
          {"events", Json::array({"check_run"})}};
}

Json render_label(const Call& call, const Label& label) {
  return {{"id", label.id},
          {"node_id", node_id("LA", label.id)},
          {"url", call.base_url + "/labels/" + percent_encode(label.name)},
          {"name", label.name},
          {"color", label.color},
          {"default", false},
          {"description", nullptr}};
}

Json render_repository(const Call& call, const Repository& repository) {
  const std::string url = repository_url(call, repository);
  const std::string page = site(call, repository);
  Json rendered{
      {"id", repository.id},
      {"node_id", node_id("R", repository.id)},
      {"name", repository.name},
      {"full_name", full_name(call.state, repository)},
      {"owner", render_user(call, repository.owner)},
      {"private", repository.is_private},
      {"visibility", repository.is_private ? "private" : "public"},
      {"html_url", page},
      {"url", url},
      {"description", nullptr},
      {"fork", false},
      {"clone_url", repository.git_folder.empty() ? page + ".git" : "file://" + repository.git_folder},
      {"git_url", page + ".git"},
      {"ssh_url", "git@127.0.0.1:" + full_name(call.state, repository) + ".git"},
      {"svn_url", page},
      {"mirror_url", nullptr},
      {"homepage", nullptr},
      {"language", nullptr},
      {"license", nullptr},
      {"default_branch", repository.default_branch},
      {"archived", repository.archived},
      {"disabled", false},
      {"has_issues", repository.has_issues},
      {"delete_branch_on_merge", repository.delete_branch_on_merge},
      {"pushed_at", render_time(repository.created_at)},
      {"created_at", render_time(repository.created_at)},
      {"updated_at", render_time(repository.created_at)},
  };
  for (const char* const name : {"has_projects", "has_wiki", "has_pages", "has_discussions", "has_downloads",
                                 "allow_auto_merge", "is_template"}) {
    rendered[name] = false;
  }
  for (const char* const name : {"allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"}) {
    rendered[name] = true;
  }
  for (const char* const name : {"forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size",
                                 "subscribers_count", "network_count"}) {
    rendered[name] = 0;
  }
  std::int64_t open = 0;
  for (const std::int64_t id : repository.issues) {
    open += call.state.issues.at(id).open ? 1 : 0;
  }
  rendered["open_issues"] = rendered["open_issues_count"] = open;
  for (const char* const name :
       {"archive",       "assignees",    "blobs",         "branches",     "collaborators", "comments",
        "commits",       "compare",      "contents",      "contributors", "deployments",   "downloads",
        "events",        "forks",        "git_commits",   "git_refs",     "git_tags",      "hooks",
        "issue_comment", "issue_events", "issues",        "keys",         "labels",        "languages",
        "merges",        "milestones",   "notifications", "pulls",        "releases",      "stargazers",
        "statuses",      "subscribers",  "subscription",  "tags",         "teams",         "trees"}) {
    rendered[std::string(name) + "_url"] = url + "/" + name;
  }
  const std::string role = role_of(call.state, repository, call.state.viewer);
  rendered["permissions"] = {{"admin", role == "admin"},
                             {"maintain", role == "admin" || role == "maintain"},
                             {"push", role == "admin" || role == "maintain" || role == "write"},
                             {"triage", role != "read" && role != "none"},
                             {"pull", true}};
  return rendered;
}

Json render_issue(const Call& call, const Issue& issue, Duration lag) {
  const Repository& repository = call.state.repositories.at(issue.repository);
  const Moment moment = moment_of(call.state, issue, lag);
  const std::string url = issue_url(call, issue);
  Json rendered{{"id", issue.id},
                {"node_id", node_id(issue.pull ? "PR" : "I", issue.id)},
                {"number", issue.number},
                {"url", url},
                {"repository_url", repository_url(call, repository)},
                {"labels_url", url + "/labels{/name}"},
                {"comments_url", url + "/comments"},
                {"events_url", url + "/events"},
                {"html_url", issue_page(call, issue)},
                {"title", issue.broken ? Json(nullptr) : Json(issue.title)},
                {"body", issue.body.empty() ? Json(nullptr) : Json(issue.body)},
                {"user", render_user(call, issue.author)},
                {"labels", labels_of(call, issue, moment.labels)},
                {"state", moment.open ? "open" : "closed"},
                {"state_reason", moment.state_reason.empty() ? Json(nullptr) : Json(moment.state_reason)},
                {"assignees", Json::array()},
                {"milestone", nullptr},
                {"locked", false},
                {"active_lock_reason", nullptr},
                {"comments", issue.comments.size()},
                {"created_at", render_time(issue.created_at)},
                {"updated_at", render_time(issue.updated_at)},
                {"closed_at", render_time(issue.closed_at)},
                {"closed_by", render_user(call, issue.closed_by)},
                {"author_association", association_of(repository, issue.author)},
                {"timeline_url", url + "/timeline"},
                {"performed_via_github_app", nullptr}};
  if (call.version == ApiVersion::v2022_11_28) {
    rendered["assignee"] = nullptr;
  }
  if (issue.pull) {
    const std::string pull = fmt::format("{}/pulls/{}", repository_url(call, repository), issue.number);
    rendered["draft"] = issue.pull->draft;
    rendered["pull_request"] = {{"url", pull},
                                {"html_url", issue_page(call, issue)},
                                {"diff_url", issue_page(call, issue) + ".diff"},
                                {"patch_url", issue_page(call, issue) + ".patch"},
                                {"merged_at", render_time(issue.pull->merged_at)}};
    return rendered;
  }
  std::int64_t done = 0;
  for (const std::int64_t id : issue.sub_issues) {
    done += call.state.issues.at(id).open ? 0 : 1;
  }
  const auto total = static_cast<std::int64_t>(issue.sub_issues.size());
  rendered["sub_issues_summary"] = {
      {"total", total}, {"completed", done}, {"percent_completed", total == 0 ? 0 : done * 100 / total}};
  if (repository.dependencies) {
    const auto open_blockers =
        std::ranges::count_if(issue.blocked_by, [&](std::int64_t id) { return call.state.issues.at(id).open; });
    rendered["issue_dependencies_summary"] = {{"blocked_by", open_blockers},
                                              {"total_blocked_by", issue.blocked_by.size()},
                                              {"blocking", 0},
                                              {"total_blocking", 0}};
  }
  return rendered;
}

Json render_comment(const Call& call, const Issue& issue, const Comment& comment) {
  const Repository& repository = call.state.repositories.at(issue.repository);
  return {{"id", comment.id},
          {"node_id", node_id("IC", comment.id)},
          {"url", fmt::format("{}/issues/comments/{}", repository_url(call, repository), comment.id)},
          {"html_url", fmt::format("{}#issuecomment-{}", issue_page(call, issue), comment.id)},
          {"issue_url", issue_url(call, issue)},
          {"user", render_user(call, comment.author)},
          {"body", comment.body},
          {"created_at", render_time(comment.created_at)},
          {"updated_at", render_time(comment.edits.empty() ? comment.created_at : comment.edits.back().at)},
          {"author_association", association_of(repository, comment.author)},
          {"performed_via_github_app", nullptr}};
}

Json render_event(const Call& call, const Issue& issue, const Event& event) {
  const Repository& repository = call.state.repositories.at(issue.repository);
  if (event.kind == "cross-referenced") {
    return {{"event", event.kind},
            {"actor", render_user(call, event.actor)},
            {"created_at", render_time(event.at)},
            {"updated_at", render_time(event.at)},
            {"source", {{"type", "issue"}, {"issue", render_issue(call, call.state.issues.at(event.source))}}}};
  }
  Json rendered{{"id", event.id},
                {"node_id", node_id("LE", event.id)},
                {"url", fmt::format("{}/issues/events/{}", repository_url(call, repository), event.id)},
                {"actor", render_user(call, event.actor)},
                {"event", event.kind},
                {"commit_id", event.commit.empty() ? Json(nullptr) : Json(event.commit)},
                {"commit_url", event.commit.empty()
                                   ? Json(nullptr)
                                   : Json(repository_url(call, repository) + "/commits/" + event.commit)},
                {"created_at", render_time(event.at)},
                {"performed_via_github_app", nullptr}};
  if (!event.label.empty()) {
    rendered["label"] = {{"name", event.label}, {"color", "ededed"}};
  }
  if (event.kind == "renamed") {
    rendered["rename"] = {{"from", event.from}, {"to", event.to}};
  }
  if (event.kind == "closed") {
    rendered["state_reason"] = event.state_reason.empty() ? Json(nullptr) : Json(event.state_reason);
  }
  return rendered;
}

Json render_check_run(const Call& call, const CheckRun& check) {
  const Repository& repository = *call.repository;
  const std::string url = fmt::format("{}/check-runs/{}", repository_url(call, repository), check.id);
  const std::string page = check.workflow_run == 0 ? fmt::format("{}/runs/{}", site(call, repository), check.id)
                                                   : fmt::format("{}/actions/runs/{}/job/{}", site(call, repository),
                                                                 check.workflow_run, check.id);
  return {{"id", check.id},
          {"node_id", node_id("CR", check.id)},
          {"name", check.name},
          {"head_sha", check.sha},
          {"external_id", ""},
          {"url", url},
          {"html_url", page},
          {"details_url", page},
          {"status", check.status},
          {"conclusion", check.conclusion.empty() ? Json(nullptr) : Json(check.conclusion)},
          {"started_at", render_time(check.started_at)},
          {"completed_at", render_time(check.completed_at)},
          {"output",
           {{"title", check.summary.empty() ? Json(nullptr) : Json(check.name)},
            {"summary", check.summary.empty() ? Json(nullptr) : Json(check.summary)},
            {"text", nullptr},
            {"annotations_count", 0},
            {"annotations_url", url + "/annotations"}}},
          {"check_suite", {{"id", check.suite}}},
          {"app", render_app(call)},
          {"pull_requests", Json::array()}};
}

Json render_status(const Call& call, const CommitStatus& status) {
  return {{"id", status.id},
          {"node_id", node_id("SC", status.id)},
          {"url", fmt::format("{}/statuses/{}", repository_url(call, *call.repository), status.sha)},
          {"avatar_url", call.base_url + "/avatars/in/1"},
          {"state", status.state},
          {"context", status.context},
          {"description", status.description.empty() ? Json(nullptr) : Json(status.description)},
          {"target_url", status.target_url.empty() ? Json(nullptr) : Json(status.target_url)},
          {"creator", render_user(call, status.creator)},
          {"created_at", render_time(status.at)},
          {"updated_at", render_time(status.at)}};
}

Json render_deployment(const Call& call, const Deployment& deployment) {
  const std::string url = fmt::format("{}/deployments/{}", repository_url(call, *call.repository), deployment.id);
  return {{"id", deployment.id},
          {"node_id", node_id("DE", deployment.id)},
          {"url", url},
          {"sha", deployment.sha},
          {"ref", deployment.ref},
          {"task", "deploy"},
          {"payload", Json::object()},
          {"environment", deployment.environment},
          {"original_environment", deployment.environment},
          {"description", nullptr},
          {"creator", render_user(call, deployment.creator)},
          {"created_at", render_time(deployment.at)},
          {"updated_at", render_time(deployment.statuses.empty() ? deployment.at : deployment.statuses.back().at)},
          {"statuses_url", url + "/statuses"},
          {"repository_url", repository_url(call, *call.repository)},
          {"transient_environment", false},
          {"production_environment", true}};
}

Json render_deployment_status(const Call& call, const Deployment& deployment, const DeploymentStatus& status) {
  const std::string url = fmt::format("{}/deployments/{}", repository_url(call, *call.repository), deployment.id);
  const auto link = [&](const std::string& given) { return given.empty() ? call.base_url + "/none" : given; };
  return {{"id", status.id},
          {"node_id", node_id("DS", status.id)},
          {"url", fmt::format("{}/statuses/{}", url, status.id)},
          {"state", status.state},
          {"creator", render_user(call, status.creator)},
          {"description", status.description},
          {"environment", deployment.environment},
          {"target_url", link(status.log_url)},
          {"environment_url", link(status.environment_url)},
          {"log_url", link(status.log_url)},
          {"created_at", render_time(status.at)},
          {"updated_at", render_time(status.at)},
          {"deployment_url", url},
          {"repository_url", repository_url(call, *call.repository)}};
}

} // namespace afk::test::github

#include <support/fake_github_call.hpp>

#include <afk/core/text.hpp>

#include <algorithm>

namespace afk::test::github {

namespace {

Answer show_repository(Call& call) {
  return {.body = render_repository(call, *call.repository)};
}

Answer list_labels(Call& call) {
  std::vector<Json> listed;
  for (const Label& label : call.repository->labels) {
    listed.push_back(render_label(call, label));
  }
  return answer_page(call, listed);
}

bool is_color(const std::string& text) {
  return text.size() == 6 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

Answer new_label(Call& call) {
  const std::string name = text_of(call.body, "name");
  const std::string color = text_of(call.body, "color", "ededed");
  if (!viewer_may(call, "triage")) {
    return fail(403);
  }
  if (name.find_first_not_of(" \t") == std::string::npos) {
    return fail_validation("Label", "name", "missing_field");
  }
  if (!is_color(color)) {
    return fail_validation("Label", "color", "invalid");
  }
  if (find_label(*call.repository, name) != nullptr) {
    return fail_validation("Label", "name", "already_exists");
  }
  return {.status = 201, .body = render_label(call, create_label(call.state, *call.repository, name, color))};
}

Answer show_label(Call& call) {
  const Label* const label = find_label(*call.repository, call.path.at(1));
  return label == nullptr ? fail(404) : Answer{.body = render_label(call, *label)};
}

// "write" for maintain and "read" for triage: the old names; role_name tells them apart.
std::string old_permission(const std::string& role) {
  if (role == "maintain") {
    return "write";
  }
  return role == "triage" ? "read" : role;
}

Answer show_permission(Call& call) {
  if (!viewer_may(call, "write")) {
    return fail(403, "Must have push access to view collaborator permission.");
  }
  const Account* const account = find_account(call.state, call.path.at(1));
  if (account == nullptr) {
    return fail(404, call.path.at(1) + " is not a user");
  }
  const std::string role = role_of(call.state, *call.repository, account->id);
  Json user = render_user(call, account->id);
  user["role_name"] = role;
  user["permissions"] = {{"admin", role == "admin"},
                         {"maintain", role == "admin" || role == "maintain"},
                         {"push", role == "admin" || role == "maintain" || role == "write"},
                         {"triage", role != "read" && role != "none"},
                         {"pull", role != "none"}};
  return {.body = {{"permission", old_permission(role)}, {"role_name", role}, {"user", user}}};
}

Json render_branch(Call& call, const std::string& name, const std::string& sha) {
  const std::string url = repository_url(call, *call.repository);
  const auto protection = call.repository->protections.find(name);
  const bool is_protected = protection != call.repository->protections.end();
  const bool is_classic = is_protected && protection->second.form == Protection::Form::classic;
  Json checks = Json::array();
  for (const std::string& check : is_classic ? protection->second.required_checks : std::vector<std::string>()) {
    checks.push_back({{"context", check}, {"app_id", nullptr}});
  }
  Json rendered{{"name", name}, {"commit", render_commit(call, sha)}, {"protected", is_protected}};
  rendered["_links"] = {{"self", url + "/branches/" + percent_encode(name)},
                        {"html", call.base_url + "/" + full_name(call.state, *call.repository) + "/tree/" + name}};
  rendered["protection"] = {{"enabled", is_classic},
                            {"required_status_checks",
                             {{"enforcement_level", is_classic ? "non_admins" : "off"},
                              {"contexts", is_classic ? Json(protection->second.required_checks) : Json(Json::array())},
                              {"checks", checks}}}};
  rendered["protection_url"] = url + "/branches/" + percent_encode(name) + "/protection";
  return rendered;
}

Answer show_branch(Call& call) {
  const auto sha =
      call.repository->git_folder.empty() ? std::nullopt : Git(call.repository->git_folder).branch(call.path.at(1));
  return sha ? Answer{.body = render_branch(call, call.path.at(1), *sha)} : fail(404, "Branch not found");
}

// Administrators alone may read a protection whole.
Answer show_protection(Call& call) {
  if (!viewer_may(call, "admin")) {
    return fail(404);
  }
  const auto protection = call.repository->protections.find(call.path.at(1));
  if (protection == call.repository->protections.end() || protection->second.form == Protection::Form::ruleset) {
    return fail(404, "Branch not protected");
  }
  const std::string url =
      repository_url(call, *call.repository) + "/branches/" + percent_encode(call.path.at(1)) + "/protection";
  Json checks = Json::array();
  for (const std::string& check : protection->second.required_checks) {
    checks.push_back({{"context", check}, {"app_id", nullptr}});
  }
  Json required{{"url", url + "/required_status_checks"},
                {"strict", false},
                {"contexts", protection->second.required_checks},
                {"contexts_url", url + "/required_status_checks/contexts"},
                {"checks", checks}};
  if (call.path.size() > 3) {
    return {.body = required};
  }
  Json rendered{{"url", url},
                {"required_status_checks", required},
                {"enforce_admins", {{"url", url + "/enforce_admins"}, {"enabled", false}}}};
  if (protection->second.required_reviews > 0) {
    rendered["required_pull_request_reviews"] = {
        {"url", url + "/required_pull_request_reviews"},
        {"dismiss_stale_reviews", false},
        {"require_code_owner_reviews", false},
        {"required_approving_review_count", protection->second.required_reviews}};
  }
  return {.body = rendered};
}

Answer list_rules(Call& call) {
  const auto protection = call.repository->protections.find(call.path.at(2));
  Json rules = Json::array();
  if (protection != call.repository->protections.end() && protection->second.form == Protection::Form::ruleset) {
    Json checks = Json::array();
    for (const std::string& check : protection->second.required_checks) {
      checks.push_back({{"context", check}});
    }
    rules.push_back(
        {{"type", "required_status_checks"},
         {"parameters", {{"required_status_checks", checks}, {"strict_required_status_checks_policy", false}}},
         {"ruleset_source_type", "Repository"},
         {"ruleset_source", full_name(call.state, *call.repository)},
         {"ruleset_id", 1}});
  }
  return {.body = rules};
}

Answer show_viewer(Call& call) {
  Json user = render_user(call, call.state.viewer);
  for (const char* const name : {"name", "company", "blog", "location", "email", "hireable", "bio"}) {
    user[name] = nullptr;
  }
  for (const char* const name : {"public_repos", "public_gists", "followers", "following", "private_gists",
                                 "total_private_repos", "owned_private_repos", "disk_usage", "collaborators"}) {
    user[name] = 0;
  }
  user["two_factor_authentication"] = true;
  user["created_at"] = user["updated_at"] = "2020-01-01T00:00:00Z";
  return {.body = user};
}

Answer show_user(Call& call) {
  const Account* const account = find_account(call.state, call.path.at(1));
  if (account == nullptr) {
    return fail(404);
  }
  Json user = render_user(call, account->id);
  for (const char* const name : {"name", "company", "blog", "location", "email", "hireable", "bio"}) {
    user[name] = nullptr;
  }
  for (const char* const name : {"public_repos", "public_gists", "followers", "following"}) {
    user[name] = 0;
  }
  user["created_at"] = user["updated_at"] = "2020-01-01T00:00:00Z";
  return {.body = user};
}

} // namespace

std::optional<Answer> answer_repositories(Call& call) {
  static const std::vector<Route> outside{{"GET", "user", show_viewer}, {"GET", "users/*", show_user}};
  static const std::vector<Route> inside{
      {"GET", "", show_repository},
      {"GET", "labels", list_labels},
      {"POST", "labels", new_label},
      {"GET", "labels/*", show_label},
      {"GET", "collaborators/*/permission", show_permission},
      {"GET", "branches/*", show_branch},
      {"GET", "branches/*/protection", show_protection},
      {"GET", "branches/*/protection/required_status_checks", show_protection},
      {"GET", "rules/branches/*", list_rules},
  };
  return call.repository == nullptr ? try_routes(call, outside) : try_routes(call, inside);
}

} // namespace afk::test::github

#include <support/fake_github_graph.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace afk::test::github {

namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

bool is_descending(const Arguments& arguments) {
  return text_of(arguments.object("orderBy"), "direction") == "DESC";
}

bool has_any_label(const Repository& repository, const std::vector<std::int64_t>& labels,
                   const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    return std::ranges::any_of(repository.labels, [&](const Label& label) {
      return equal_ascii_folded(label.name, name) && std::ranges::find(labels, label.id) != labels.end();
    });
  });
}

bool has_every_label(const Repository& repository, const std::vector<std::int64_t>& labels,
                     const std::vector<std::string>& names) {
  return std::ranges::all_of(
      names, [&](const std::string& name) { return has_any_label(repository, labels, std::vector{name}); });
}

// "labels" is any of them, the labels of "filterBy" are all of them.
Value connect_issues(Call& call, Repository& repository, const Arguments& arguments) {
  const Arguments filter(arguments.object("filterBy"));
  std::vector<std::string> states = arguments.texts("states");
  if (filter.has("states")) {
    states = filter.texts("states");
  }
  const std::vector<std::string> labels = arguments.texts("labels");
  std::vector<MakeNode> nodes;
  for (const std::int64_t id : repository.issues) {
    Issue& issue = call.state.issues.at(id);
    if (issue.pull || issue.presence != Issue::Presence::here) {
      continue;
    }
    const Moment moment = moment_of(call.state, issue, call.state.list_lag);
    const bool state_fits =
        states.empty() || std::ranges::find(states, moment.open ? "OPEN" : "CLOSED") != states.end();
    if (state_fits && (!arguments.has("labels") || has_any_label(repository, moment.labels, labels)) &&
        has_every_label(repository, moment.labels, filter.texts("labels"))) {
      nodes.push_back([&call, &issue] { return Value::of(graph_issue(call, issue)); });
    }
  }
  if (is_descending(arguments)) {
    std::ranges::reverse(nodes);
  }
  return make_connection("issues", arguments, std::move(nodes));
}

std::string pull_state(const Issue& issue) {
  if (issue.pull->merged) {
    return "MERGED";
  }
  return issue.open ? "OPEN" : "CLOSED";
}

Value connect_pulls(Call& call, Repository& repository, const Arguments& arguments, const std::string& head) {
  const std::vector<std::string> states = arguments.texts("states");
  const std::string wanted_head = arguments.text("headRefName", head);
  std::vector<MakeNode> nodes;
  for (const std::int64_t id : repository.issues) {
    Issue& issue = call.state.issues.at(id);
    if (!issue.pull) {
      continue;
    }
    refresh_pull(call.state, issue);
    if ((wanted_head.empty() || wanted_head == issue.pull->head_branch) &&
        (!arguments.has("baseRefName") || arguments.text("baseRefName") == issue.pull->base_branch) &&
        (states.empty() || std::ranges::find(states, pull_state(issue)) != states.end())) {
      nodes.push_back([&call, &issue] { return Value::of(graph_pull(call, issue)); });
    }
  }
  if (is_descending(arguments)) {
    std::ranges::reverse(nodes);
  }
  return make_connection("pullRequests", arguments, std::move(nodes));
}

Value connect_collaborators(Call& call, Repository& repository, const Arguments& arguments) {
  call.repository = &repository;
  if (!viewer_may(call, "write")) {
    throw FieldError{"FORBIDDEN", "Must have push access to view repository collaborators."};
  }
  std::vector<std::int64_t> people;
  for (const auto& [id, account] : call.state.accounts) {
    const bool fits = (!arguments.has("login") || equal_ascii_folded(arguments.text("login"), account.login)) &&
                      (!arguments.has("query") ||
                       fold_ascii(account.login).find(fold_ascii(arguments.text("query"))) != std::string::npos);
    const std::string role = role_of(call.state, repository, id);
    const bool belongs = id == repository.owner || repository.roles.contains(id);
    if (fits && belongs && !account.gone && account.kind == Account::Kind::user && role != "none") {
      people.push_back(id);
    }
  }
  std::vector<MakeNode> nodes;
  for (const std::int64_t id : people) {
    nodes.push_back([&call, id] { return Value::of(graph_actor(call, id)); });
  }
  return make_connection("collaborators", arguments, std::move(nodes),
                         [&call, &repository, people](Object& edge, std::size_t index) {
                           edge.leaf("permission", upper(role_of(call.state, repository, people[index])));
                         });
}

ObjectPointer graph_protection(const std::string& branch, const Protection& protection) {
  const ObjectPointer object = make_object("BranchProtectionRule");
  object->leaf("id", "BPR_" + branch);
  object->leaf("databaseId", 1);
  object->leaf("pattern", branch);
  object->leaf("requiresStatusChecks", !protection.required_checks.empty());
  object->leaf("requiredStatusCheckContexts", protection.required_checks);
  object->leaf("requiresApprovingReviews", protection.required_reviews > 0);
  object->leaf("requiredApprovingReviewCount", protection.required_reviews);
  object->leaf("isAdminEnforced", false);
  std::vector<Value> checks;
  for (const std::string& name : protection.required_checks) {
    const ObjectPointer check = make_object("RequiredStatusCheckDescription");
    check->leaf("context", name);
    check->leaf("app", nullptr);
    checks.push_back(Value::of(check));
  }
  object->fields["requiredStatusChecks"] = [checks](const Arguments&) { return Value::of(checks); };
  return object;
}

ObjectPointer graph_rule(const std::vector<std::string>& required) {
  std::vector<Value> checks;
  for (const std::string& name : required) {
    const ObjectPointer check = make_object("StatusCheckConfiguration");
    check->leaf("context", name);
    check->leaf("integrationId", nullptr);
    checks.push_back(Value::of(check));
  }
  const ObjectPointer parameters = make_object("RequiredStatusChecksParameters");
  parameters->leaf("strictRequiredStatusChecksPolicy", false);
  parameters->fields["requiredStatusChecks"] = [checks](const Arguments&) { return Value::of(checks); };
  const ObjectPointer rule = make_object("RepositoryRule");
  rule->leaf("id", "RRU_1");
  rule->leaf("type", "REQUIRED_STATUS_CHECKS");
  rule->fields["parameters"] = [parameters](const Arguments&) { return Value::of(parameters); };
  return rule;
}

Value connect_refs(Call& call, Repository& repository, const Arguments& arguments) {
  std::string prefix = arguments.text("refPrefix");
  std::vector<MakeNode> nodes;
  if (!prefix.ends_with('/')) {
    throw FieldError{"INVALID", "refPrefix must end with a slash"};
  }
  for (const auto& [name, sha] :
       repository.git_folder.empty() ? std::map<std::string, std::string>() : Git(repository.git_folder).branches()) {
    const std::string full = "refs/heads/" + name;
    if (full.starts_with(prefix) &&
        (!arguments.has("query") || name.find(arguments.text("query")) != std::string::npos)) {
      nodes.push_back(
          [&call, &repository, name, sha, length = prefix.size() - std::min<std::size_t>(11, prefix.size())] {
            const ObjectPointer ref = graph_ref(call, repository, name, sha);
            ref->leaf("name", name.substr(length)); // what is left behind the prefix
            return Value::of(ref);
          });
    }
  }
  return make_connection("refs", arguments, std::move(nodes));
}

Value connect_deployments(Call& call, Repository& repository, const Arguments& arguments) {
  const std::vector<std::string> environments = arguments.texts("environments");
  std::vector<MakeNode> nodes;
  for (const Deployment& deployment : repository.deployments) {
    if (environments.empty() || std::ranges::find(environments, deployment.environment) != environments.end()) {
      nodes.push_back(
          [&call, &repository, &deployment] { return Value::of(graph_deployment(call, repository, deployment)); });
    }
  }
  if (is_descending(arguments)) {
    std::ranges::reverse(nodes);
  }
  return make_connection("deployments", arguments, std::move(nodes));
}

Issue& require_issue(Call& call, const Repository& repository, const Arguments& arguments, std::string_view what) {
  Issue* const issue = find_issue(call.state, repository, arguments.number("number"));
  const bool fits = issue != nullptr && issue->presence == Issue::Presence::here &&
                    (what == "Issue or Pull Request" || issue->pull.has_value() == (what == "PullRequest"));
  if (!fits) {
    throw FieldError{"NOT_FOUND", fmt::format("Could not resolve to {} {} with the number of {}.",
                                              what == "PullRequest" ? "a" : "an", what, arguments.number("number"))};
  }
  return *issue;
}

void fill_git(Object& object, Call& call, Repository& repository) {
  object.fields["defaultBranchRef"] = [&call, &repository](const Arguments&) {
    const auto sha =
        repository.git_folder.empty() ? std::nullopt : Git(repository.git_folder).branch(repository.default_branch);
    return sha ? Value::of(graph_ref(call, repository, repository.default_branch, *sha)) : Value{};
  };
  object.fields["ref"] = [&call, &repository](const Arguments& arguments) {
    std::string name = arguments.text("qualifiedName");
    for (const std::string_view prefix : {"refs/heads/", "heads/"}) {
      if (name.starts_with(prefix)) {
        name.erase(0, prefix.size());
        break;
      }
    }
    const auto sha = repository.git_folder.empty() ? std::nullopt : Git(repository.git_folder).branch(name);
    return sha ? Value::of(graph_ref(call, repository, name, *sha)) : Value{};
  };
  object.fields["object"] = [&call, &repository](const Arguments& arguments) {
    const auto sha = repository.git_folder.empty()
                         ? std::nullopt
                         : Git(repository.git_folder).resolve(arguments.text("oid", arguments.text("expression")));
    return sha ? Value::of(graph_commit(call, repository, *sha)) : Value{};
  };
  object.fields["refs"] = [&call, &repository](const Arguments& arguments) {
    return connect_refs(call, repository, arguments);
  };
}

} // namespace

ObjectPointer graph_ref(Call& call, Repository& repository, const std::string& name, const std::string& sha) {
  const ObjectPointer object = make_object("Ref");
  object->leaf("id", "REF_" + name);
  object->leaf("name", name);
  object->leaf("prefix", "refs/heads/");
  object->fields["target"] = [&call, &repository, sha](const Arguments&) {
    return Value::of(graph_commit(call, repository, sha));
  };
  object->fields["associatedPullRequests"] = [&call, &repository, name](const Arguments& arguments) {
    return connect_pulls(call, repository, arguments, name);
  };
  const auto protection = repository.protections.find(name);
  // The whole rule is for those who may administer it, its outcome for everybody.
  object->fields["branchProtectionRule"] = [&call, &repository, name](const Arguments&) {
    const auto rule = repository.protections.find(name);
    call.repository = &repository;
    return rule == repository.protections.end() || rule->second.form == Protection::Form::ruleset ||
                   !viewer_may(call, "admin")
               ? Value{}
               : Value::of(graph_protection(name, rule->second));
  };
  object->fields["rules"] = [&repository, name](const Arguments& arguments) {
    const auto rule = repository.protections.find(name);
    std::vector<MakeNode> nodes;
    if (rule != repository.protections.end() && rule->second.form == Protection::Form::ruleset) {
      nodes.push_back([checks = rule->second.required_checks] { return Value::of(graph_rule(checks)); });
    }
    return make_connection("rules", arguments, std::move(nodes));
  };
  object->fields["refUpdateRule"] =
      [name, found = protection != repository.protections.end(),
       rule = protection == repository.protections.end() ? Protection{} : protection->second](const Arguments&) {
        if (!found) {
          return Value{};
        }
        const ObjectPointer shown = make_object("RefUpdateRule");
        shown->leaf("pattern", name);
        shown->leaf("requiredStatusCheckContexts", rule.required_checks);
        shown->leaf("requiredApprovingReviewCount", rule.required_reviews);
        shown->leaf("viewerCanPush", true);
        return Value::of(shown);
      };
  return object;
}

ObjectPointer graph_pull(Call& call, Issue& issue) {
  const ObjectPointer object = make_object("PullRequest");
  refresh_pull(call.state, issue);
  fill_conversation(*object, call, issue);
  Repository& repository = call.state.repositories.at(issue.repository);
  const Pull& pull = *issue.pull;
  object->leaf("state", pull_state(issue));
  object->leaf("isDraft", pull.draft);
  object->leaf("merged", pull.merged);
  object->leaf("mergedAt", render_time(pull.merged_at));
  object->leaf("permalink", render_issue(call, issue).at("html_url"));
  object->leaf("headRefName", pull.head_branch);
  object->leaf("headRefOid", pull.head_sha);
  object->leaf("baseRefName", pull.base_branch);
  object->leaf("baseRefOid", pull.base_sha);
  object->leaf("isCrossRepository", false);
  object->leaf("maintainerCanModify", false);
  object->fields["mergeable"] = [&call, &issue](const Arguments&) {
    const Mergeable mergeable = derive_mergeable(call.state, issue);
    return Value::of(Json(mergeable == Mergeable::unknown ? "UNKNOWN"
                          : mergeable == Mergeable::yes   ? "MERGEABLE"
                                                          : "CONFLICTING"));
  };
  object->leaf("mergeStateStatus", pull.draft ? "DRAFT" : "UNKNOWN");
  object->fields["mergedBy"] = [&call, &issue](const Arguments&) {
    return Value::of(graph_actor(call, issue.pull->merged_by));
  };
  object->fields["mergeCommit"] = [&call, &repository, &issue](const Arguments&) {
    return issue.pull->merged ? Value::of(graph_commit(call, repository, issue.pull->merge_commit)) : Value{};
  };
  object->fields["headRef"] = [&call, &repository, &issue](const Arguments&) {
    const auto sha = Git(repository.git_folder).branch(issue.pull->head_branch);
    return sha ? Value::of(graph_ref(call, repository, issue.pull->head_branch, *sha)) : Value{};
  };
  object->fields["headRepository"] = [&call, &repository](const Arguments&) {
    return Value::of(graph_repository(call, repository));
  };
  const auto protection = repository.protections.find(pull.base_branch);
  const bool wants_review = protection != repository.protections.end() && protection->second.required_reviews > 0;
  Json decision = nullptr;
  if (std::ranges::find(pull.reviews, "CHANGES_REQUESTED", &Review::state) != pull.reviews.end()) {
    decision = "CHANGES_REQUESTED";
  } else if (std::ranges::find(pull.reviews, "APPROVED", &Review::state) != pull.reviews.end()) {
    decision = wants_review ? Json("APPROVED") : Json(nullptr);
  } else if (wants_review) {
    decision = "REVIEW_REQUIRED";
  }
  object->leaf("reviewDecision", decision);
  object->fields["statusCheckRollup"] = [&call, &repository, sha = pull.head_sha](const Arguments& arguments) {
    return graph_commit(call, repository, sha)->fields.at("statusCheckRollup")(arguments);
  };
  object->fields["commits"] = [&call, &repository, &issue](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const std::string& sha : Git(repository.git_folder).between(issue.pull->base_sha, issue.pull->head_sha)) {
      nodes.push_back([&call, &repository, sha] {
        const ObjectPointer entry = make_object("PullRequestCommit");
        entry->leaf("id", "PRC_" + sha);
        entry->fields["commit"] = [&call, &repository, sha](const Arguments&) {
          return Value::of(graph_commit(call, repository, sha));
        };
        return Value::of(entry);
      });
    }
    return make_connection("commits", arguments, std::move(nodes));
  };
  return object;
}

ObjectPointer graph_repository(Call& call, Repository& repository) {
  const ObjectPointer object = make_object("Repository");
  object->leaf("id", fmt::format("R_{}", repository.id));
  object->leaf("databaseId", repository.id);
  object->leaf("name", repository.name);
  object->leaf("nameWithOwner", full_name(call.state, repository));
  object->leaf("url", call.base_url + "/" + full_name(call.state, repository));
  object->leaf("isPrivate", repository.is_private);
  object->leaf("visibility", repository.is_private ? "PRIVATE" : "PUBLIC");
  object->leaf("isArchived", repository.archived);
  object->leaf("isDisabled", false);
  object->leaf("isLocked", false);
  object->leaf("isFork", false);
  object->leaf("hasIssuesEnabled", repository.has_issues);
  object->leaf("deleteBranchOnMerge", repository.delete_branch_on_merge);
  object->leaf("createdAt", render_time(repository.created_at));
  object->leaf("pushedAt", render_time(repository.created_at));
  const std::string role = role_of(call.state, repository, call.state.viewer);
  object->leaf("viewerPermission", role == "none" ? Json(nullptr) : Json(upper(role)));
  object->leaf("viewerCanAdminister", role == "admin");
  object->fields["owner"] = [&call, &repository](const Arguments&) {
    return Value::of(graph_actor(call, repository.owner));
  };
  object->fields["issues"] = [&call, &repository](const Arguments& arguments) {
    return connect_issues(call, repository, arguments);
  };
  object->fields["issue"] = [&call, &repository](const Arguments& arguments) {
    return Value::of(graph_issue(call, require_issue(call, repository, arguments, "Issue")));
  };
  object->fields["pullRequest"] = [&call, &repository](const Arguments& arguments) {
    return Value::of(graph_pull(call, require_issue(call, repository, arguments, "PullRequest")));
  };
  object->fields["issueOrPullRequest"] = [&call, &repository](const Arguments& arguments) {
    Issue& issue = require_issue(call, repository, arguments, "Issue or Pull Request");
    return Value::of(issue.pull ? graph_pull(call, issue) : graph_issue(call, issue));
  };
  object->fields["pullRequests"] = [&call, &repository](const Arguments& arguments) {
    return connect_pulls(call, repository, arguments, "");
  };
  object->fields["label"] = [&call, &repository](const Arguments& arguments) {
    const Label* const label = find_label(repository, arguments.text("name"));
    return label == nullptr ? Value{} : Value::of(graph_label(call, *label));
  };
  object->fields["labels"] = [&call, &repository](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const Label& label : repository.labels) {
      nodes.push_back([&call, label] { return Value::of(graph_label(call, label)); });
    }
    return make_connection("labels", arguments, std::move(nodes));
  };
  object->fields["collaborators"] = [&call, &repository](const Arguments& arguments) {
    return connect_collaborators(call, repository, arguments);
  };
  object->fields["deployments"] = [&call, &repository](const Arguments& arguments) {
    return connect_deployments(call, repository, arguments);
  };
  object->fields["branchProtectionRules"] = [&repository, role](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const auto& [branch, protection] :
         role == "admin" ? repository.protections : std::map<std::string, Protection>()) {
      nodes.push_back([branch, protection] { return Value::of(graph_protection(branch, protection)); });
    }
    return make_connection("branchProtectionRules", arguments, std::move(nodes));
  };
  fill_git(*object, call, repository);
  return object;
}

} // namespace afk::test::github

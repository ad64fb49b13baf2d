#include <support/fake_github_graph.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace afk::test::github {

namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

// Of the base of the pull request that is named, else of the default branch.
bool is_required(Call& call, const Repository& repository, const std::string& name, const Arguments& arguments) {
  std::string branch = repository.default_branch;
  const Issue* const pull = find_issue(call.state, repository, arguments.number("pullRequestNumber"));
  if (pull != nullptr && pull->pull) {
    branch = pull->pull->base_branch;
  }
  const auto protection = repository.protections.find(branch);
  return protection != repository.protections.end() &&
         std::ranges::find(protection->second.required_checks, name) != protection->second.required_checks.end();
}

ObjectPointer graph_app() {
  const ObjectPointer app = make_object("App");
  app->leaf("id", "A_15368");
  app->leaf("databaseId", 15368);
  app->leaf("slug", "github-actions");
  app->leaf("name", "GitHub Actions");
  return app;
}

ObjectPointer graph_check_run(Call& call, Repository& repository, const CheckRun& check);

ObjectPointer graph_suite(Call& call, Repository& repository, const CheckRun& one) {
  const ObjectPointer suite = make_object("CheckSuite");
  std::vector<const CheckRun*> members;
  for (const CheckRun* const check : newest_checks(repository, one.sha)) {
    if (check->suite == one.suite) {
      members.push_back(check);
    }
  }
  const bool done = std::ranges::all_of(members, [](const CheckRun* check) { return check->status == "completed"; });
  const bool good = std::ranges::all_of(members, [](const CheckRun* check) { return check->conclusion == "success"; });
  const std::string page = repository_url(call, repository) + "/commit/" + one.sha + "/checks";
  suite->leaf("id", fmt::format("CS_{}", one.suite));
  suite->leaf("databaseId", one.suite);
  suite->leaf("status", done ? "COMPLETED" : "IN_PROGRESS");
  suite->leaf("conclusion", done ? Json(good ? "SUCCESS" : "FAILURE") : Json(nullptr));
  suite->leaf("createdAt", render_time(one.created_at));
  suite->leaf("updatedAt", render_time(one.created_at));
  suite->leaf("url", page);
  suite->leaf("resourcePath", "/checks");
  suite->fields["app"] = [](const Arguments&) { return Value::of(graph_app()); };
  suite->fields["commit"] = [&call, &repository, sha = one.sha](const Arguments&) {
    return Value::of(graph_commit(call, repository, sha));
  };
  suite->fields["checkRuns"] = [&call, &repository, members](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const CheckRun* const check : members) {
      nodes.push_back([&call, &repository, check] { return Value::of(graph_check_run(call, repository, *check)); });
    }
    return make_connection("checkRuns", arguments, std::move(nodes));
  };
  suite->fields["workflowRun"] = [&call, &repository, run = one.workflow_run, at = one.created_at](const Arguments&) {
    if (run == 0) {
      return Value{};
    }
    const ObjectPointer object = make_object("WorkflowRun");
    object->leaf("id", fmt::format("WFR_{}", run));
    object->leaf("databaseId", run);
    object->leaf("event", "push");
    object->leaf("runNumber", 1);
    object->leaf("createdAt", render_time(at));
    object->leaf("updatedAt", render_time(at));
    object->leaf("resourcePath", fmt::format("/actions/runs/{}", run));
    object->leaf("url", fmt::format("{}/{}/actions/runs/{}", call.base_url, full_name(call.state, repository), run));
    return Value::of(object);
  };
  return suite;
}

ObjectPointer graph_check_run(Call& call, Repository& repository, const CheckRun& check) {
  const ObjectPointer object = make_object("CheckRun");
  call.repository = &repository;
  const Json rest = render_check_run(call, check);
  object->leaf("id", rest.at("node_id"));
  object->leaf("databaseId", check.id);
  object->leaf("name", check.name);
  object->leaf("status", upper(check.status));
  object->leaf("conclusion", check.conclusion.empty() ? Json(nullptr) : Json(upper(check.conclusion)));
  object->leaf("startedAt", rest.at("started_at"));
  object->leaf("completedAt", rest.at("completed_at"));
  object->leaf("detailsUrl", rest.at("details_url"));
  object->leaf("url", rest.at("html_url"));
  object->leaf("permalink", rest.at("html_url"));
  object->leaf("externalId", "");
  object->leaf("title", rest.at("output").at("title"));
  object->leaf("summary", rest.at("output").at("summary"));
  object->leaf("text", nullptr);
  object->fields["checkSuite"] = [&call, &repository, check](const Arguments&) {
    return Value::of(graph_suite(call, repository, check));
  };
  object->fields["isRequired"] = [&call, &repository, name = check.name](const Arguments& arguments) {
    return Value::of(Json(is_required(call, repository, name, arguments)));
  };
  object->fields["annotations"] = [](const Arguments& arguments) {
    return make_connection("annotations", arguments, {});
  };
  return object;
}

ObjectPointer graph_status(Call& call, Repository& repository, const CommitStatus& status) {
  const ObjectPointer object = make_object("StatusContext");
  object->leaf("id", fmt::format("SC_{}", status.id));
  object->leaf("context", status.context);
  object->leaf("state", upper(status.state));
  object->leaf("description", status.description.empty() ? Json(nullptr) : Json(status.description));
  object->leaf("targetUrl", status.target_url.empty() ? Json(nullptr) : Json(status.target_url));
  object->leaf("createdAt", render_time(status.at));
  object->fields["creator"] = [&call, id = status.creator](const Arguments&) {
    return Value::of(graph_actor(call, id));
  };
  object->fields["isRequired"] = [&call, &repository, name = status.context](const Arguments& arguments) {
    return Value::of(Json(is_required(call, repository, name, arguments)));
  };
  return object;
}

// Failure before pending before success, as GitHub rolls them up.
std::string roll_up(const std::vector<const CheckRun*>& checks, const std::vector<const CommitStatus*>& statuses) {
  static const std::set<std::string> fine{"success", "neutral", "skipped"};
  bool pending = false;
  for (const CheckRun* const check : checks) {
    if (check->status != "completed") {
      pending = true;
    } else if (!fine.contains(check->conclusion)) {
      return "FAILURE";
    }
  }
  for (const CommitStatus* const status : statuses) {
    if (status->state == "error" || status->state == "failure") {
      return upper(status->state);
    }
    pending = pending || status->state == "pending";
  }
  return pending ? "PENDING" : "SUCCESS";
}

ObjectPointer graph_rollup(Call& call, Repository& repository, const std::string& sha) {
  const auto checks = newest_checks(repository, sha);
  const auto statuses = newest_statuses(repository, sha);
  if (checks.empty() && statuses.empty()) {
    return nullptr;
  }
  const ObjectPointer object = make_object("StatusCheckRollup");
  object->leaf("id", "SCR_" + sha);
  object->leaf("state", roll_up(checks, statuses));
  object->fields["contexts"] = [&call, &repository, checks, statuses](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const CheckRun* const check : checks) {
      nodes.push_back([&call, &repository, check] { return Value::of(graph_check_run(call, repository, *check)); });
    }
    for (const CommitStatus* const status : statuses) {
      nodes.push_back([&call, &repository, status] { return Value::of(graph_status(call, repository, *status)); });
    }
    Value connection = make_connection("contexts", arguments, std::move(nodes));
    connection.object->leaf("checkRunCount", checks.size());
    connection.object->leaf("statusContextCount", statuses.size());
    return connection;
  };
  return object;
}

} // namespace

ObjectPointer graph_commit(Call& call, Repository& repository, const std::string& sha) {
  const GitCommit commit = Git(repository.git_folder).commit(sha);
  const ObjectPointer object = make_object("Commit");
  const std::string page = call.base_url + "/" + full_name(call.state, repository) + "/commit/" + sha;
  const std::string date = render_time(Timestamp(std::chrono::seconds(commit.time))).get<std::string>();
  object->leaf("id", "C_" + sha);
  object->leaf("oid", sha);
  object->leaf("abbreviatedOid", sha.substr(0, 7));
  object->leaf("message", commit.message);
  object->leaf("messageHeadline", commit.message.substr(0, commit.message.find('\n')));
  object->leaf("committedDate", date);
  object->leaf("authoredDate", date);
  object->leaf("url", page);
  object->leaf("commitUrl", page);
  object->fields["parents"] = [&call, &repository, parents = commit.parents](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const std::string& parent : parents) {
      nodes.push_back([&call, &repository, parent] { return Value::of(graph_commit(call, repository, parent)); });
    }
    return make_connection("parents", arguments, std::move(nodes));
  };
  object->fields["statusCheckRollup"] = [&call, &repository, sha](const Arguments&) {
    return Value::of(graph_rollup(call, repository, sha));
  };
  object->fields["checkSuites"] = [&call, &repository, sha](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    std::set<std::int64_t> seen;
    for (const CheckRun* const check : newest_checks(repository, sha)) {
      if (seen.insert(check->suite).second) {
        nodes.push_back([&call, &repository, check] { return Value::of(graph_suite(call, repository, *check)); });
      }
    }
    return make_connection("checkSuites", arguments, std::move(nodes));
  };
  object->fields["deployments"] = [&call, &repository, sha](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const Deployment& deployment : repository.deployments) {
      if (deployment.sha == sha) {
        nodes.push_back(
            [&call, &repository, &deployment] { return Value::of(graph_deployment(call, repository, deployment)); });
      }
    }
    return make_connection("deployments", arguments, std::move(nodes));
  };
  return object;
}

ObjectPointer graph_deployment(Call& call, Repository& repository, const Deployment& deployment) {
  const ObjectPointer object = make_object("Deployment");
  const DeploymentStatus* const last = deployment.statuses.empty() ? nullptr : &deployment.statuses.back();
  // A success is called active as long as nothing newer replaces it.
  const std::string state = last == nullptr ? "PENDING" : last->state == "success" ? "ACTIVE" : upper(last->state);
  object->leaf("id", fmt::format("DE_{}", deployment.id));
  object->leaf("databaseId", deployment.id);
  object->leaf("commitOid", deployment.sha);
  object->leaf("environment", deployment.environment);
  object->leaf("originalEnvironment", deployment.environment);
  object->leaf("latestEnvironment", deployment.environment);
  object->leaf("description", nullptr);
  object->leaf("task", "deploy");
  object->leaf("state", state);
  object->leaf("createdAt", render_time(deployment.at));
  object->leaf("updatedAt", render_time(last == nullptr ? deployment.at : last->at));
  object->fields["creator"] = [&call, id = deployment.creator](const Arguments&) {
    return Value::of(graph_actor(call, id));
  };
  object->fields["commit"] = [&call, &repository, sha = deployment.sha](const Arguments&) {
    return Value::of(graph_commit(call, repository, sha));
  };
  object->fields["ref"] = [&call, &repository, name = deployment.ref](const Arguments&) {
    const auto sha = Git(repository.git_folder).branch(name);
    return sha ? Value::of(graph_ref(call, repository, name, *sha)) : Value{};
  };
  const auto make_status = [&call](const DeploymentStatus& status) {
    const ObjectPointer shown = make_object("DeploymentStatus");
    shown->leaf("id", fmt::format("DS_{}", status.id));
    shown->leaf("state", upper(status.state));
    shown->leaf("description", status.description);
    shown->leaf("environmentUrl", status.environment_url.empty() ? Json(nullptr) : Json(status.environment_url));
    shown->leaf("logUrl", status.log_url.empty() ? Json(nullptr) : Json(status.log_url));
    shown->leaf("createdAt", render_time(status.at));
    shown->leaf("updatedAt", render_time(status.at));
    shown->fields["creator"] = [&call, id = status.creator](const Arguments&) {
      return Value::of(graph_actor(call, id));
    };
    return Value::of(shown);
  };
  object->fields["latestStatus"] = [make_status, statuses = deployment.statuses](const Arguments&) {
    return statuses.empty() ? Value{} : make_status(statuses.back());
  };
  object->fields["statuses"] = [make_status, statuses = deployment.statuses](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const DeploymentStatus& status : statuses) {
      nodes.insert(nodes.begin(), [make_status, status] { return make_status(status); });
    }
    return make_connection("statuses", arguments, std::move(nodes));
  };
  return object;
}

} // namespace afk::test::github

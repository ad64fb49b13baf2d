#include <support/fake_github_call.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace afk::test::github {

namespace {

// The commit of path segment 1: an id, or a branch.
std::optional<std::string> find_commit(const Call& call) {
  return call.repository->git_folder.empty() ? std::nullopt : Git(call.repository->git_folder).resolve(call.path.at(1));
}

template <typename Handle>
Answer with_commit(Call& call, Handle handle) {
  const auto sha = find_commit(call);
  return sha ? handle(*sha) : fail(422, "No commit found for SHA: " + call.path.at(1));
}

// A page inside an object that also says how many there are.
Answer wrap_page(const Call& call, const std::vector<Json>& all, const char* name) {
  Answer answer = answer_page(call, all);
  answer.body = {{"total_count", all.size()}, {name, answer.body}};
  return answer;
}

Answer list_check_runs(Call& call) {
  return with_commit(call, [&](const std::string& sha) {
    std::vector<Json> listed;
    const bool all = call.query.contains("filter") && call.query.at("filter") == "all";
    const auto newest = newest_checks(*call.repository, sha);
    for (const CheckRun& check : call.repository->check_runs) {
      const bool wanted = all || std::ranges::find(newest, &check) != newest.end();
      if (check.sha == sha && wanted &&
          (!call.query.contains("check_name") || call.query.at("check_name") == check.name)) {
        listed.push_back(render_check_run(call, check));
      }
    }
    return wrap_page(call, listed, "check_runs");
  });
}

Json render_suite(const Call& call, const CheckRun& one) {
  std::vector<const CheckRun*> members;
  for (const CheckRun& check : call.repository->check_runs) {
    if (check.suite == one.suite) {
      members.push_back(&check);
    }
  }
  const bool done = std::ranges::all_of(members, [](const CheckRun* check) { return check->status == "completed"; });
  const bool good = std::ranges::all_of(members, [](const CheckRun* check) { return check->conclusion == "success"; });
  const std::string url = fmt::format("{}/check-suites/{}", repository_url(call, *call.repository), one.suite);
  const Json commit = render_commit(call, one.sha);
  const Json person{{"name", commit["commit"]["author"]["name"]}, {"email", commit["commit"]["author"]["email"]}};
  return {{"id", one.suite},
          {"node_id", fmt::format("CS_{}", one.suite)},
          {"head_branch", call.repository->default_branch},
          {"head_sha", one.sha},
          {"status", done ? "completed" : "in_progress"},
          {"conclusion", done ? Json(good ? "success" : "failure") : Json(nullptr)},
          {"url", url},
          {"before", nullptr},
          {"after", one.sha},
          {"pull_requests", Json::array()},
          {"app", render_app(call)},
          {"repository", render_repository(call, *call.repository)},
          {"created_at", render_time(one.created_at)},
          {"updated_at", render_time(one.created_at)},
          {"head_commit",
           {{"id", one.sha},
            {"tree_id", commit["commit"]["tree"]["sha"]},
            {"message", commit["commit"]["message"]},
            {"timestamp", commit["commit"]["author"]["date"]},
            {"author", person},
            {"committer", person}}},
          {"latest_check_runs_count", members.size()},
          {"check_runs_url", url + "/check-runs"}};
}

Answer list_check_suites(Call& call) {
  return with_commit(call, [&](const std::string& sha) {
    std::vector<Json> listed;
    std::set<std::int64_t> seen;
    for (const CheckRun& check : call.repository->check_runs) {
      if (check.sha == sha && seen.insert(check.suite).second) {
        listed.push_back(render_suite(call, check));
      }
    }
    return wrap_page(call, listed, "check_suites");
  });
}

Answer list_statuses(Call& call) {
  return with_commit(call, [&](const std::string& sha) {
    std::vector<Json> listed;
    for (const CommitStatus& status : call.repository->statuses) {
      if (status.sha == sha) {
        listed.insert(listed.begin(), render_status(call, status));
      }
    }
    return answer_page(call, listed);
  });
}

// Pending where there are none: zero statuses are no verdict.
std::string combine(const std::vector<const CommitStatus*>& statuses) {
  const auto has = [&](std::string_view state) {
    return std::ranges::any_of(statuses, [&](const CommitStatus* one) { return one->state == state; });
  };
  if (has("failure") || has("error")) {
    return "failure";
  }
  return statuses.empty() || has("pending") ? "pending" : "success";
}

Answer show_combined(Call& call) {
  return with_commit(call, [&](const std::string& sha) {
    const auto newest = newest_statuses(*call.repository, sha);
    std::vector<Json> listed;
    for (const CommitStatus* const status : newest) {
      Json entry = render_status(call, *status);
      entry.erase("creator");
      listed.push_back(std::move(entry));
    }
    Answer answer = answer_page(call, listed);
    const std::string url = repository_url(call, *call.repository) + "/commits/" + sha;
    answer.body = {{"state", combine(newest)},
                   {"statuses", answer.body},
                   {"sha", sha},
                   {"total_count", newest.size()},
                   {"repository", render_repository(call, *call.repository)},
                   {"commit_url", url},
                   {"url", url + "/status"}};
    return answer;
  });
}

Answer create_status(Call& call) {
  const std::string state = text_of(call.body, "state");
  if (!viewer_may(call, "write")) {
    return fail(403);
  }
  if (state != "error" && state != "failure" && state != "pending" && state != "success") {
    return fail_validation("Status", "state", "custom", "State is not included in the list");
  }
  return with_commit(call, [&](const std::string& sha) {
    call.repository->statuses.push_back({.id = call.state.next_id(30'000'000'000),
                                         .sha = sha,
                                         .context = text_of(call.body, "context", "default"),
                                         .state = state,
                                         .description = text_of(call.body, "description"),
                                         .target_url = text_of(call.body, "target_url"),
                                         .creator = call.state.viewer,
                                         .at = call.state.now});
    return Answer{.status = 201, .body = render_status(call, call.repository->statuses.back())};
  });
}

CheckRun* find_check(Call& call, std::size_t segment) {
  const std::int64_t id = number_of(call.path.at(segment));
  const auto found = std::ranges::find(call.repository->check_runs, id, &CheckRun::id);
  return found == call.repository->check_runs.end() ? nullptr : &*found;
}

Answer show_check_run(Call& call) {
  const CheckRun* const check = find_check(call, 1);
  return check == nullptr ? fail(404) : Answer{.body = render_check_run(call, *check)};
}

Answer list_annotations(Call& call) {
  return find_check(call, 1) == nullptr ? fail(404) : Answer{.body = Json::array()};
}

void start_again(Call& call, CheckRun check) {
  check.id = call.state.next_id(40'000'000'000);
  check.status = "queued";
  check.conclusion.clear();
  check.created_at = call.state.now;
  check.started_at.reset();
  check.completed_at.reset();
  ++check.attempt;
  call.repository->check_runs.push_back(std::move(check));
}

// Only checks of other apps can be requested again this way, and only they are told.
Answer rerequest(Call& call) {
  const CheckRun* const check = find_check(call, 1);
  if (check == nullptr) {
    return fail(404);
  }
  if (check->status != "completed") {
    return fail(422, "This check run is not rerequestable");
  }
  start_again(call, *check);
  return {.status = 201, .body = Json::object()};
}

Json render_job(const Call& call, const CheckRun& job) {
  const std::string url = repository_url(call, *call.repository);
  const std::string page = fmt::format("{}/{}/actions/runs/{}/job/{}", call.base_url,
                                       full_name(call.state, *call.repository), job.workflow_run, job.id);
  return {{"id", job.id},
          {"run_id", job.workflow_run},
          {"run_url", fmt::format("{}/actions/runs/{}", url, job.workflow_run)},
          {"run_attempt", job.attempt},
          {"node_id", fmt::format("CR_{}", job.id)},
          {"head_sha", job.sha},
          {"url", fmt::format("{}/actions/jobs/{}", url, job.id)},
          {"html_url", page},
          {"status", job.status},
          {"conclusion", job.conclusion.empty() ? Json(nullptr) : Json(job.conclusion)},
          {"created_at", render_time(job.created_at)},
          {"started_at", render_time(job.started_at.value_or(job.created_at))},
          {"completed_at", render_time(job.completed_at)},
          {"name", job.name},
          {"steps", Json::array()},
          {"check_run_url", fmt::format("{}/check-runs/{}", url, job.id)},
          {"labels", Json::array({"ubuntu-latest"})},
          {"runner_id", 1},
          {"runner_name", "runner"},
          {"runner_group_id", 2},
          {"runner_group_name", "group"},
          {"workflow_name", "CI"},
          {"head_branch", call.repository->default_branch}};
}

CheckRun* find_job(Call& call) {
  CheckRun* const job = find_check(call, 2);
  return job == nullptr || job->workflow_run == 0 ? nullptr : job;
}

Answer show_job(Call& call) {
  const CheckRun* const job = find_job(call);
  return job == nullptr ? fail(404) : Answer{.body = render_job(call, *job)};
}

// Logs are elsewhere; the address is a credential by itself and good for a minute.
Answer show_job_log(Call& call) {
  const CheckRun* const job = find_job(call);
  if (job == nullptr || job->status != "completed") {
    return fail(404);
  }
  Answer moved{.status = 302};
  moved.headers.emplace_back("Location",
                             fmt::format("{}/logs/{}/{}?sig=secret", call.log_url, call.repository->id, job->id));
  return moved;
}

Answer rerun_job(Call& call) {
  const CheckRun* const job = find_job(call);
  if (job == nullptr) {
    return fail(404);
  }
  if (!viewer_may(call, "write")) {
    return fail(403, "Must have write access to the repository");
  }
  if (job->status != "completed") {
    return fail(403, "This workflow is already running");
  }
  start_again(call, *job);
  return {.status = 201, .body = Json::object()};
}

Answer rerun_failed_jobs(Call& call) {
  const std::int64_t run = number_of(call.path.at(2));
  std::vector<CheckRun> failed;
  bool known = false;
  for (const CheckRun& check : call.repository->check_runs) {
    if (check.workflow_run != run || run == 0) {
      continue;
    }
    known = true;
    const auto newest = newest_checks(*call.repository, check.sha);
    if (std::ranges::find(newest, &check) == newest.end()) {
      continue;
    }
    if (check.status != "completed") {
      return fail(403, "This workflow is already running");
    }
    if (check.conclusion != "success" && check.conclusion != "skipped" && check.conclusion != "neutral") {
      failed.push_back(check);
    }
  }
  if (!known) {
    return fail(404);
  }
  if (failed.empty()) {
    return fail(403, "This workflow run cannot be retried");
  }
  for (CheckRun& check : failed) {
    start_again(call, std::move(check));
  }
  return {.status = 201, .body = Json::object()};
}

Answer list_run_jobs(Call& call) {
  const std::int64_t run = number_of(call.path.at(2));
  std::vector<Json> listed;
  for (const CheckRun& check : call.repository->check_runs) {
    const auto newest = newest_checks(*call.repository, check.sha);
    if (check.workflow_run == run && run != 0 && std::ranges::find(newest, &check) != newest.end()) {
      listed.push_back(render_job(call, check));
    }
  }
  return listed.empty() ? fail(404) : wrap_page(call, listed, "jobs");
}

} // namespace

std::vector<const CheckRun*> newest_checks(const Repository& repository, std::string_view sha) {
  std::vector<const CheckRun*> newest;
  for (const CheckRun& check : repository.check_runs) {
    if (check.sha != sha) {
      continue;
    }
    const auto same = std::ranges::find_if(
        newest, [&](const CheckRun* other) { return other->name == check.name && other->suite == check.suite; });
    if (same == newest.end()) {
      newest.push_back(&check);
    } else {
      *same = &check;
    }
  }
  return newest;
}

std::vector<const CommitStatus*> newest_statuses(const Repository& repository, std::string_view sha) {
  std::vector<const CommitStatus*> newest;
  for (const CommitStatus& status : repository.statuses) {
    if (status.sha != sha) {
      continue;
    }
    const auto same = std::ranges::find(newest, status.context, [](const CommitStatus* one) { return one->context; });
    if (same == newest.end()) {
      newest.push_back(&status);
    } else {
      *same = &status;
    }
  }
  return newest;
}

std::optional<Answer> answer_checks(Call& call) {
  static const std::vector<Route> routes{
      {"GET", "commits/*/check-runs", list_check_runs},
      {"GET", "commits/*/check-suites", list_check_suites},
      {"GET", "commits/*/statuses", list_statuses},
      {"GET", "commits/*/status", show_combined},
      {"POST", "statuses/*", create_status},
      {"GET", "check-runs/*", show_check_run},
      {"GET", "check-runs/*/annotations", list_annotations},
      {"POST", "check-runs/*/rerequest", rerequest},
      {"GET", "actions/jobs/*", show_job},
      {"GET", "actions/jobs/*/logs", show_job_log},
      {"POST", "actions/jobs/*/rerun", rerun_job},
      {"POST", "actions/runs/*/rerun-failed-jobs", rerun_failed_jobs},
      {"GET", "actions/runs/*/jobs", list_run_jobs},
  };
  return try_routes(call, routes);
}

std::optional<Answer> answer_deployments(Call& call) {
  static const auto list_deployments = [](Call& inner) {
    std::vector<Json> listed;
    for (const Deployment& deployment : inner.repository->deployments) {
      const auto fits = [&](const char* name, const std::string& value) {
        return !inner.query.contains(name) || inner.query.at(name) == value;
      };
      if (fits("sha", deployment.sha) && fits("ref", deployment.ref) && fits("environment", deployment.environment)) {
        listed.insert(listed.begin(), render_deployment(inner, deployment));
      }
    }
    return answer_page(inner, listed);
  };
  static const auto find_deployment = [](Call& inner) {
    const auto found = std::ranges::find(inner.repository->deployments, number_of(inner.path.at(1)), &Deployment::id);
    return found == inner.repository->deployments.end() ? nullptr : &*found;
  };
  static const std::vector<Route> routes{
      {"GET", "deployments", list_deployments},
      {"GET", "deployments/*",
       [](Call& inner) {
         const Deployment* const found = find_deployment(inner);
         return found == nullptr ? fail(404) : Answer{.body = render_deployment(inner, *found)};
       }},
      {"GET", "deployments/*/statuses",
       [](Call& inner) {
         const Deployment* const found = find_deployment(inner);
         if (found == nullptr) {
           return fail(404);
         }
         std::vector<Json> listed;
         for (const DeploymentStatus& status : found->statuses) {
           listed.insert(listed.begin(), render_deployment_status(inner, *found, status));
         }
         return answer_page(inner, listed);
       }},
  };
  return try_routes(call, routes);
}

} // namespace afk::test::github

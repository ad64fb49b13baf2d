#include <contract/github/github_world.hpp>
#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <afk/core/landing_plan.hpp>

using namespace afk;
using namespace afk::test;
using adapter::GithubApi;

namespace {

const std::string branch = "afk/1-abcdefgh";

// A repository with Git, one issue, and the branch of a run with one commit.
struct WorkWorld {
  explicit WorkWorld(GithubApi api) : world(api, with_git()) {
    world.forge.create_repository(github_home);
    issue = world.forge.create_issue(github_home, "One", "");
    head = push("first");
    connection = world.connect();
  }

  FakeGithubSettings with_git() const {
    FakeGithubSettings settings;
    settings.git_folder = folder.path() + "/git";
    return settings;
  }

  std::string run(const std::string& command) {
    const std::string repository = world.forge.git_folder(github_home);
    const std::string out = folder.path() + "/out";
    const std::string whole = "cd '" + repository + "' && { " + command + "; } > '" + out + "' 2>/dev/null";
    REQUIRE(std::system(whole.c_str()) == 0);
    std::string text = get_file(out);
    while (!text.empty() && text.back() == '\n') {
      text.pop_back();
    }
    return text;
  }

  // A commit on the run's branch, made in the bare repository.
  std::string push(const std::string& content) {
    return run("blob=$(printf %s '" + content +
               "' | git hash-object -w --stdin) && "
               "tree=$({ git ls-tree main; printf '100644 blob %s\\t" +
               content +
               "\\n' $blob; } | git mktree) && "
               "parent=$(git rev-parse -q --verify refs/heads/" +
               branch +
               " || git rev-parse main) && "
               "commit=$(GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b "
               "git commit-tree -p $parent -m " +
               content +
               " $tree) && "
               "git update-ref refs/heads/" +
               branch + " $commit && echo $commit");
  }

  Result<PullRequestEvidence> open(NewPullRequest::Form form = NewPullRequest::Form::ready) {
    return connection->pull_requests.open({.issue = issue,
                                           .branch = branch,
                                           .base_branch = "",
                                           .head = head,
                                           .title = "One",
                                           .body = "Closes #1",
                                           .form = form});
  }

  std::optional<PullRequestEvidence> inspect() {
    auto fresh = world.connect();
    const PullRequestQuery query{issue, branch, "main", head};
    auto found = fresh->pull_requests.inspect(std::span(&query, 1));
    REQUIRE(found.front().ok());
    return std::move(*found.front());
  }

  HeadChecks checks(const std::string& base = "") {
    auto fresh = world.connect();
    const CheckQuery query{github_home, head, base};
    auto found = fresh->checks.inspect(std::span(&query, 1));
    REQUIRE(found.front().ok());
    return std::move(*found.front());
  }

  TemporaryFolder folder;
  GithubWorld world;
  IssueRef issue;
  std::string head;
  std::unique_ptr<GithubConnection> connection;
};

GithubApi each_api() {
  return GENERATE(GithubApi::graphql, GithubApi::rest);
}

} // namespace

TEST_CASE("a pull request is found by the run's branch alone") {
  WorkWorld work(each_api());
  CHECK(!work.inspect().has_value());
  const auto made = work.open();
  REQUIRE(made.ok());
  const auto found = work.inspect();
  REQUIRE(found.has_value());
  CHECK(found->number == made->number);
  CHECK(found->head == work.head);
  CHECK(found->state == PullRequestState::open);
  CHECK(found->base_branch == "main");
  CHECK(found->author.kind == ActorKind::own_account);
  SECTION("opening it again adopts it") {
    const auto again = work.open();
    REQUIRE(again.ok());
    CHECK(again->number == made->number);
  }
  SECTION("another head is somebody else's") {
    work.head = work.push("second");
    const std::string stale = work.head;
    work.head = std::string(40, '0');
    CHECK(work.open().error().kind == ErrorKind::conflict);
  }
}

TEST_CASE("a pull request whose opening was not answered is found again") {
  WorkWorld work(each_api());
  work.world.forge.inject({.fault = FakeFault::lost_after, .match = "POST /repos/acme/app/pulls"});
  const auto made = work.open();
  REQUIRE(made.ok());
  CHECK(work.world.count("POST /repos/acme/app/pulls") == 1);
}

TEST_CASE("a draft becomes ready") {
  WorkWorld work(each_api());
  const auto made = work.open(NewPullRequest::Form::draft);
  REQUIRE(made.ok());
  CHECK(made->state == PullRequestState::draft);
  REQUIRE(work.connection->pull_requests.mark_ready({github_home, made->number}).ok());
  CHECK(work.inspect()->state == PullRequestState::open);
  CHECK(work.connection->pull_requests.mark_ready({github_home, made->number}).ok());
}

TEST_CASE("a merge takes the verified head or nothing") {
  WorkWorld work(each_api());
  const auto made = work.open();
  REQUIRE(made.ok());
  const PullRequestRef pull_request{github_home, made->number};
  SECTION("that head") {
    REQUIRE(work.connection->pull_requests.merge({pull_request, work.head}).ok());
    const auto merged = work.inspect();
    REQUIRE(merged.has_value());
    CHECK(merged->state == PullRequestState::merged);
    CHECK(merged->merge_commit == work.run("git rev-parse main"));
    CHECK(merged->merged_at.has_value());
    CHECK(work.connection->pull_requests.merge({pull_request, work.head}).ok()); // merged already
    CHECK(work.connection->pull_requests.merge({pull_request, std::string(40, 'a')}).error().kind ==
          ErrorKind::conflict);
  }
  SECTION("another one") {
    CHECK(work.connection->pull_requests.merge({pull_request, std::string(40, 'a')}).error().kind ==
          ErrorKind::conflict);
    CHECK(work.inspect()->state == PullRequestState::open);
  }
  SECTION("an answer that is lost") {
    work.world.forge.inject({.fault = FakeFault::lost_after, .match = "PUT /repos/acme/app/pulls"});
    CHECK(work.connection->pull_requests.merge({pull_request, work.head}).ok());
    CHECK(work.world.count("PUT /repos/acme/app/pulls") == 1);
  }
  SECTION("a missing review") {
    work.world.forge.change([](github::State& state) {
      state.repositories.begin()->second.protections["main"] = {.required_checks = {}, .required_reviews = 1};
    });
    const auto refused = work.connection->pull_requests.merge({pull_request, work.head});
    REQUIRE(!refused.ok());
    CHECK(refused.error().kind == ErrorKind::refused);
  }
}

TEST_CASE("a pull request that a person closes names them") {
  WorkWorld work(each_api());
  const auto made = work.open();
  REQUIRE(made.ok());
  work.world.forge.close({github_home, made->number}, "", "maria");
  const auto found = work.inspect();
  REQUIRE(found.has_value());
  CHECK(found->state == PullRequestState::closed_unmerged);
  REQUIRE(found->closed_by.has_value());
  CHECK(found->closed_by->login == "maria");
}

TEST_CASE("a branch goes only while it is where it was") {
  WorkWorld work(each_api());
  auto& port = work.connection->pull_requests;
  CHECK(port.delete_branch({github_home, branch, std::string(40, 'a')}).error().kind == ErrorKind::conflict);
  CHECK(port.delete_branch({github_home, branch, work.head}).ok());
  CHECK(port.delete_branch({github_home, branch, work.head}).ok());
  CHECK(work.run("git for-each-ref refs/heads/afk").empty());
}

TEST_CASE("no checks at all are no checks, and not green") {
  WorkWorld work(each_api());
  CHECK(work.checks().results.empty());
}

TEST_CASE("check runs and statuses of a head, the newest of each name") {
  WorkWorld work(each_api());
  auto& forge = work.world.forge;
  forge.add_check(github_home, work.head, {.name = "build", .conclusion = "failure"});
  work.world.clock.advance(std::chrono::seconds(5));
  forge.add_check(github_home, work.head, {.name = "build", .conclusion = "success"});
  forge.add_check(github_home, work.head, {.name = "slow", .status = "in_progress", .conclusion = ""});
  forge.add_check(github_home, work.head,
                  {.name = "elsewhere", .conclusion = "neutral", .app = FakeGithub::NewCheck::App::other});
  forge.add_status(github_home, work.head, "ci/legacy", "pending");
  work.world.clock.advance(std::chrono::seconds(5));
  forge.add_status(github_home, work.head, "ci/legacy", "failure");
  std::map<std::string, CheckResult> results;
  for (const CheckResult& result : work.checks().results) {
    results[result.name] = result;
  }
  REQUIRE(results.size() == 4);
  CHECK(results["build"].state == CheckState::passed);
  CHECK(results["build"].rerun == CheckResult::Rerun::possible);
  CHECK(results["slow"].state == CheckState::pending);
  CHECK(results["elsewhere"].state == CheckState::passed);
  CHECK(results["elsewhere"].rerun == CheckResult::Rerun::not_possible);
  CHECK(results["ci/legacy"].state == CheckState::failed);
  CHECK(results["ci/legacy"].source == CheckResult::Source::commit_status);
}

TEST_CASE("what the base's protection requires comes with the checks") {
  WorkWorld work(each_api());
  work.world.forge.change([](github::State& state) {
    state.repositories.begin()->second.protections["main"] = {.required_checks = {"build", "lint"},
                                                              .required_reviews = 0};
  });
  CHECK(work.checks("main").required_by_forge == std::vector<std::string>{"build", "lint"});
  CHECK(work.checks().required_by_forge.empty());
}

TEST_CASE("a protection that cannot be read is no protection that asks for nothing") {
  struct Case {
    FakeFault fault;
    std::optional<ErrorKind> expected; // absent: the token is not told, which is an answer
  };

  const std::string read = GENERATE(as<std::string>{}, "/rules/branches/main", github_home.name + "/branches/main");
  const auto given = GENERATE(values<Case>({
      {FakeFault::forbidden, std::nullopt},
      {FakeFault::server_error, ErrorKind::unreachable},
      {FakeFault::unauthorized, ErrorKind::unauthorized},
      {FakeFault::secondary_403, ErrorKind::rate_limited},
  }));
  CAPTURE(read, given.fault);
  WorkWorld work(adapter::GithubApi::rest);
  work.world.forge.add_check(github_home, work.head, {.name = "build"});
  work.world.forge.inject({.fault = given.fault, .match = read, .times = 100});
  auto connection = work.world.connect();
  const CheckQuery query{github_home, work.head, "main"};
  const auto answers = connection->checks.inspect(std::span(&query, 1));
  if (given.expected) {
    REQUIRE(!answers.front().ok());
    CHECK(answers.front().error().kind == *given.expected);
  } else {
    REQUIRE(answers.front().ok());
    CHECK(answers.front()->required_by_forge.empty());
  }
}

TEST_CASE("the log of a failed job is fetched without the token, and ends where it ends") {
  WorkWorld work(each_api());
  std::string log;
  for (int line = 0; line < 3000; ++line) {
    log += "line " + std::to_string(line) + "\n";
  }
  work.world.forge.add_check(github_home, work.head, {.name = "build", .conclusion = "failure", .log = log});
  const HeadChecks checks = work.checks();
  auto connection = work.world.connect();
  const auto excerpt = connection->checks.fetch_failure_excerpt({github_home, work.head, ""}, checks.results, 2000);
  REQUIRE(excerpt.ok());
  CHECK(excerpt->size() <= 2000);
  CHECK(excerpt->starts_with("build:\n"));
  CHECK(excerpt->find("line 2999") != std::string::npos);
  CHECK(excerpt->find("line 2\n") == std::string::npos);
}

TEST_CASE("a failed job is run again once for its run, and a foreign check never") {
  WorkWorld work(each_api());
  work.world.forge.add_check(github_home, work.head, {.name = "build", .conclusion = "failure"});
  const HeadChecks checks = work.checks();
  auto connection = work.world.connect();
  const CheckQuery query{github_home, work.head, ""};
  CHECK(connection->checks.rerun_failed(query, checks.results).ok());
  CHECK(work.checks().results.at(0).state == CheckState::pending);
  CheckResult foreign;
  foreign.name = "elsewhere";
  foreign.id = "check/5";
  CHECK(connection->checks.rerun_failed(query, std::span(&foreign, 1)).error().kind == ErrorKind::refused);
}

TEST_CASE("the newest deployment that says anything counts") {
  WorkWorld work(each_api());
  auto& forge = work.world.forge;
  const DeploymentQuery query{github_home, work.head};
  const auto inspect = [&] {
    auto connection = work.world.connect();
    auto found = connection->deployments.inspect(std::span(&query, 1));
    REQUIRE(found.front().ok());
    return std::move(*found.front());
  };
  CHECK(inspect().state == DeploymentState::absent);
  const auto deployment = forge.add_deployment(github_home, work.head, "production");
  CHECK(inspect().state == DeploymentState::pending);
  work.world.clock.advance(std::chrono::seconds(1));
  forge.add_deployment_status(github_home, deployment, "success");
  CHECK(inspect().state == DeploymentState::deployed);
  CHECK(inspect().revision == work.head);
  work.world.clock.advance(std::chrono::seconds(1));
  const auto second = forge.add_deployment(github_home, work.head, "production");
  forge.add_deployment_status(github_home, second, "failure", "it fell over");
  CHECK(inspect().state == DeploymentState::failed);
  CHECK(inspect().problem == "it fell over");
}

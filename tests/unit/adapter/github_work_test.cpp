#include <support/catch.hpp>

#include <afk/adapter/github_work.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace afk;
using namespace afk::adapter;

TEST_CASE("every conclusion of a check run means one thing") {
  struct Case {
    std::string status;
    std::string conclusion;
    CheckState expected;
  };

  const auto given = GENERATE(values<Case>({
      {"completed", "success", CheckState::passed},
      {"COMPLETED", "SUCCESS", CheckState::passed},
      {"completed", "neutral", CheckState::passed},
      {"completed", "skipped", CheckState::passed},
      {"completed", "failure", CheckState::failed},
      {"completed", "timed_out", CheckState::failed},
      {"completed", "cancelled", CheckState::failed},
      {"completed", "startup_failure", CheckState::failed},
      {"completed", "action_required", CheckState::pending},
      {"completed", "stale", CheckState::unknown},
      {"completed", "", CheckState::unknown},
      {"completed", "splendid", CheckState::unknown},
      {"queued", "", CheckState::pending},
      {"in_progress", "", CheckState::pending},
      {"waiting", "", CheckState::pending},
      {"requested", "", CheckState::pending},
      {"pending", "", CheckState::pending},
      {"in_progress", "success", CheckState::pending},
      {"", "success", CheckState::unknown},
      {"over", "success", CheckState::unknown},
  }));
  CAPTURE(given.status, given.conclusion);
  CHECK(derive_check_state({given.status, given.conclusion}) == given.expected);
}

TEST_CASE("every state of a commit status means one thing") {
  CHECK(derive_status_state("success") == CheckState::passed);
  CHECK(derive_status_state("FAILURE") == CheckState::failed);
  CHECK(derive_status_state("error") == CheckState::failed);
  CHECK(derive_status_state("pending") == CheckState::pending);
  CHECK(derive_status_state("EXPECTED") == CheckState::pending);
  CHECK(derive_status_state("wat") == CheckState::unknown);
}

TEST_CASE("a job is known by the page of its check run") {
  const auto job = try_github_job("https://github.com/acme/app/actions/runs/123/job/456");
  REQUIRE(job.has_value());
  CHECK(*job == GithubJob{"123", "456"});
  CHECK(try_github_job("https://github.com/acme/app/actions/runs/123/job/456?pr=7") == job);
  for (const std::string_view none :
       {"https://ci.example/build/7", "https://github.com/acme/app/actions/runs/123", "",
        "https://github.com/a/b/actions/runs/1x/job/2", "https://github.com/a/b/actions/runs/1/job/..",
        "https://github.com/a/b/actions/runs/1/job/123456789012345678901"}) {
    CHECK(try_github_job(none) == std::nullopt);
  }
}

TEST_CASE("the id of a check comes back, and nothing else passes for one") {
  for (const auto& job : {std::optional<GithubJob>(), std::optional(GithubJob{"12", "34"})}) {
    const auto parsed = parse_check_id(render_check_id(job, "56"));
    REQUIRE(parsed.has_value());
    CHECK(*parsed == GithubCheckId{job, "56"});
  }
  for (const std::string_view none : {"", "check/", "check/a", "run/1/job/2", "run/1/job/x/check/3", "check/1/../../x",
                                      "run/1/job/2/check/3?", "job/1"}) {
    CHECK(parse_check_id(none) == std::nullopt);
  }
}

TEST_CASE("of several results of one suite and name the newest counts") {
  struct Given {
    std::string name;
    std::string suite;
    std::optional<int> second;
    CheckState state = CheckState::passed;
    std::string id;
  };

  const auto keep = [](const std::vector<Given>& all) {
    std::vector<GithubCheck> checks;
    for (const Given& one : all) {
      GithubCheck check{.result = {}, .suite = one.suite};
      check.result.name = one.name;
      check.result.state = one.state;
      check.result.id = one.id;
      if (one.second) {
        check.result.started_at = Timestamp(std::chrono::seconds(*one.second));
      }
      checks.push_back(check);
    }
    return keep_newest_checks(checks);
  };
  const auto kept = keep({{"build", "1", 20, CheckState::passed, "check/9"},
                          {"build", "1", 10, CheckState::failed, "check/8"},
                          {"lint", "1", 10, CheckState::failed, "check/9"},
                          {"lint", "1", 10, CheckState::passed, "check/10"}});
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].state == CheckState::passed);
  CHECK(kept[1].id == "check/10");
  SECTION("another suite's is another one") {
    CHECK(keep({{"build", "1", 10, CheckState::failed, "check/8"}, {"build", "2", 20, CheckState::passed, "check/9"}})
              .size() == 2);
  }
  SECTION("without a suite nothing takes the place of anything") {
    CHECK(keep({{"build", "", 10, CheckState::failed, "check/8"}, {"build", "", 20, CheckState::passed, "check/9"}})
              .size() == 2);
  }
  SECTION("one that has not begun is the newest, in any order") {
    const Given done{"build", "1", 20, CheckState::passed, "check/8"};
    const Given queued{"build", "1", std::nullopt, CheckState::pending, "check/9"};
    for (const auto& order : {std::vector{done, queued}, std::vector{queued, done}}) {
      const auto newest = keep(order);
      REQUIRE(newest.size() == 1);
      CHECK(newest.front().state == CheckState::pending);
    }
  }
}

TEST_CASE("a deployment counts once it says something") {
  CHECK(derive_deployment_state("SUCCESS") == DeploymentState::deployed);
  CHECK(derive_deployment_state("failure") == DeploymentState::failed);
  CHECK(derive_deployment_state("error") == DeploymentState::failed);
  CHECK(derive_deployment_state("inactive") == DeploymentState::absent);
  for (const std::string_view word : {"queued", "in_progress", "pending", "waiting", "", "splendid"}) {
    CHECK(derive_deployment_state(word) == DeploymentState::pending);
  }
  const auto chosen = choose_deployment({{DeploymentState::absent, "c", "", "", {}},
                                         {DeploymentState::failed, "b", "", "", {}},
                                         {DeploymentState::deployed, "a", "", "", {}}});
  CHECK(chosen.revision == "b");
  CHECK(choose_deployment({}).state == DeploymentState::absent);
}

TEST_CASE("an open pull request goes before closed ones, and the newest before older ones") {
  const auto one = [](std::int64_t number, PullRequestState state) {
    PullRequestEvidence evidence;
    evidence.number = number;
    evidence.state = state;
    return evidence;
  };
  CHECK(!choose_pull_request({}).has_value());
  CHECK(choose_pull_request({one(3, PullRequestState::merged), one(2, PullRequestState::draft)})->number == 2);
  CHECK(choose_pull_request({one(3, PullRequestState::merged), one(5, PullRequestState::closed_unmerged)})->number ==
        5);
}

#pragma once
// What the adapters of a forge keep beside its issues: pull requests, checks, deployments, permissions. Each case gets
// a fresh world with one repository that has real commits; forge_contract_test.cpp runs every case in every column.

#include <afk/port/checks.hpp>
#include <afk/port/deployments.hpp>
#include <afk/port/permissions.hpp>
#include <afk/port/pull_requests.hpp>
#include <support/contract_run.hpp>
#include <support/fake_clock.hpp>
#include <support/fake_github.hpp>
#include <support/fake_github_git.hpp>
#include <support/temporary_folder.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

inline const RepositoryName work_home{.owner = "Acme", .name = "widgets"};
inline const std::string work_branch = "afk/1-abcdefgh";

// The forge, the people who use it, and the adapters that look at it.
class ForgeWorld {
 public:
  ForgeWorld() {
    github.create_repository(work_home);
    issue = github.create_issue(work_home, "Parse durations", "90s");
    base = git().branch("main").value();
  }

  virtual ~ForgeWorld() = default;

  virtual PullRequests& pull_requests() = 0;
  virtual Checks& checks() = 0;
  virtual Deployments& deployments() = 0; // of the environment "production"
  virtual Permissions& permissions() = 0;

  FakeClock clock;
  TemporaryFolder folder;
  FakeGithub github{clock, {.git_folder = folder.path()}};
  IssueRef issue = {};
  std::string base; // the first commit of the default branch

  github::Git git() { return github::Git(github.git_folder(work_home)); }

  // A commit with one file on top of `parent`, as the new head of a branch.
  std::string push(const std::string& branch, const std::string& parent, const std::string& text = "work");

  // An empty one, by a clone and a push, as anybody's work comes.
  std::string push_from_a_clone(const std::string& branch, const std::string& parent);

  [[nodiscard]] PullRequestQuery query() const {
    return {.issue = issue, .branch = work_branch, .base_branch = "main", .expected_head = ""};
  }

  [[nodiscard]] CheckQuery check_query(const std::string& head) const {
    return {.repository = work_home, .head = head, .base_branch = "main"};
  }

  // What the forge says, a second later than whatever happened before.
  std::optional<PullRequestEvidence> look(ContractRun& run);
  HeadChecks look_at_checks(ContractRun& run, const std::string& head);
  DeploymentEvidence look_at_deployment(ContractRun& run);

  NewPullRequest order(const std::string& head, NewPullRequest::Form form = NewPullRequest::Form::ready) const {
    return {.issue = issue,
            .branch = work_branch,
            .base_branch = "main",
            .head = head,
            .title = "Parse durations",
            .body = "Closes #1.\n\nRun `afk-abc`.\n",
            .form = form};
  }
};

struct ForgeCase {
  std::string_view group;
  std::string name;
  std::function<void(ForgeWorld& world, ContractRun& run)> body;
};

std::vector<ForgeCase> pull_request_cases();
std::vector<ForgeCase> merge_cases();
std::vector<ForgeCase> check_cases();
std::vector<ForgeCase> deployment_cases();
std::vector<ForgeCase> permission_cases();

struct ForgeColumn {
  std::string_view name;
  std::function<std::unique_ptr<ForgeWorld>()> make_world;

  struct NotApplicable {
    std::string_view case_name;
    std::string_view reason;
  };

  std::vector<NotApplicable> not_applicable = {};
};

std::vector<ForgeColumn> github_forge_columns();

} // namespace afk::test

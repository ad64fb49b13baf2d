// What people and programs do in the fake's world.
#include <support/fake_github.hpp>

#include <support/fake_github_call.hpp>
#include <support/fake_github_git.hpp>
#include <support/files.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace afk::test {

using namespace github;

namespace {

void make_git(const std::string& folder, const std::string& branch, std::int64_t time) {
  std::filesystem::create_directories(folder);
  put_file(folder + "/HEAD", "ref: refs/heads/" + branch + "\n");
  put_file(folder + "/config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
  std::filesystem::create_directories(folder + "/objects");
  std::filesystem::create_directories(folder + "/refs/heads");
  const Git git(folder);
  const std::string empty_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"; // known to every Git
  if (git.move_branch(branch, git.commit_tree(empty_tree, {}, "Begin", time), "") == Git::Outcome::refused) {
    throw std::runtime_error("the fake cannot make a repository");
  }
}

} // namespace

void FakeGithub::inject(FaultRule rule) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(rule));
}

void FakeGithub::change(const std::function<void(State& state)>& deed) {
  const std::lock_guard lock(mutex_);
  deed(settle());
}

State& FakeGithub::settle() {
  state_.now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  return state_;
}

Repository& FakeGithub::repository(const RepositoryName& name) {
  Repository* const found = find_repository(settle(), name.owner, name.name);
  if (found == nullptr) {
    throw std::runtime_error("the fake has no repository " + render_repository_name(name));
  }
  return *found;
}

Issue& FakeGithub::issue(const IssueRef& ref) {
  Issue* const found = find_issue(state_, repository(ref.repository), ref.number);
  if (found == nullptr) {
    throw std::runtime_error("the fake has no issue " + render_issue_ref(ref));
  }
  return *found;
}

std::int64_t FakeGithub::add_account(std::string_view login, Account::Kind kind, std::int64_t id) {
  State& state = settle();
  if (const Account* const known = find_account(state, login)) {
    return known->id;
  }
  const std::int64_t chosen = id != 0 ? id : state.next_id(1'000'000);
  state.accounts[chosen] = {.id = chosen, .login = std::string(login), .kind = kind};
  return chosen;
}

void FakeGithub::remove_account(std::string_view login) {
  change([&](State& state) {
    if (Account* const account = find_account(state, login)) {
      account->gone = true;
    }
  });
}

void FakeGithub::set_role(const RepositoryName& name, std::string_view login, std::string_view role) {
  change([&](State&) {
    const std::int64_t account = add_account(login);
    if (role == "none") {
      repository(name).roles.erase(account);
    } else {
      repository(name).roles[account] = role;
    }
  });
}

void FakeGithub::create_repository(const RepositoryName& name) {
  change([&](State& state) {
    if (find_repository(state, name.owner, name.name) != nullptr) {
      return;
    }
    const std::int64_t owner = add_account(name.owner, Account::Kind::organization);
    Repository& created = state.repositories[state.next_id(5'000'000)];
    created.id = std::prev(state.repositories.end())->first;
    created.owner = owner;
    created.name = name.name;
    created.created_at = state.now;
    created.roles[state.viewer] = settings_.viewer_role;
    if (!settings_.git_folder.empty()) {
      created.git_folder = settings_.git_folder + "/" + name.owner + "/" + name.name + ".git";
      make_git(created.git_folder, created.default_branch, state.now.time_since_epoch().count() / 1000);
    }
  });
}

void FakeGithub::rename_repository(const RepositoryName& name, const RepositoryName& to) {
  change([&](State& state) {
    Repository& renamed = repository(name);
    renamed.former_names.insert(fold_ascii(full_name(state, renamed)));
    renamed.owner = add_account(to.owner, Account::Kind::organization);
    renamed.name = to.name;
  });
}

std::string FakeGithub::git_folder(const RepositoryName& name) {
  const std::lock_guard lock(mutex_);
  return repository(name).git_folder;
}

std::int64_t FakeGithub::repository_id(const RepositoryName& name) {
  const std::lock_guard lock(mutex_);
  return repository(name).id;
}

IssueRef FakeGithub::create_issue(const RepositoryName& name, std::string_view title, std::string_view body,
                                  std::string_view person) {
  IssueRef created{.repository = name};
  change([&](State& state) {
    Repository& home = repository(name);
    created.number = github::create_issue(state, home, add_account(person), title, body).number;
  });
  return created;
}

void FakeGithub::put_label(const IssueRef& ref, std::string_view label, std::string_view person) {
  change([&](State& state) { github::put_label(state, issue(ref), add_account(person), label); });
}

void FakeGithub::take_label(const IssueRef& ref, std::string_view label, std::string_view person) {
  change([&](State& state) { github::take_label(state, issue(ref), add_account(person), label); });
}

void FakeGithub::close(const IssueRef& ref, std::string_view reason, std::string_view person) {
  change([&](State& state) { close_issue(state, issue(ref), add_account(person), reason); });
}

void FakeGithub::reopen(const IssueRef& ref, std::string_view person) {
  change([&](State& state) { reopen_issue(state, issue(ref), add_account(person)); });
}

void FakeGithub::change_title(const IssueRef& ref, std::string_view title, std::string_view person) {
  change([&](State& state) { github::change_title(state, issue(ref), add_account(person), title); });
}

void FakeGithub::change_body(const IssueRef& ref, std::string_view body, std::string_view person) {
  change([&](State& state) { github::change_body(state, issue(ref), add_account(person), body); });
}

std::int64_t FakeGithub::comment(const IssueRef& ref, std::string_view body, std::string_view person) {
  std::int64_t id = 0;
  change([&](State& state) { id = add_comment(state, issue(ref), add_account(person), body).id; });
  return id;
}

void FakeGithub::change_comment(const IssueRef& ref, std::int64_t comment, std::string_view body,
                                std::string_view person) {
  change([&](State& state) {
    Issue& commented = issue(ref);
    const auto found = std::ranges::find(commented.comments, comment, &Comment::id);
    github::change_comment(state, commented, *found, add_account(person), body);
  });
}

void FakeGithub::delete_issue(const IssueRef& ref) {
  change([&](State&) { issue(ref).presence = Issue::Presence::deleted; });
}

void FakeGithub::break_issue(const IssueRef& ref) {
  change([&](State&) {
    issue(ref).broken = true;
    settings_.record = FakeGithubSettings::Record::drop;
  });
}

IssueRef FakeGithub::transfer_issue(const IssueRef& ref, const RepositoryName& to, std::string_view person) {
  IssueRef moved{.repository = to};
  change([&](State& state) {
    Issue& left = issue(ref);
    Issue& arrived = github::create_issue(state, repository(to), left.author, left.title, left.body);
    arrived.comments = left.comments;
    arrived.events = left.events;
    arrived.events.push_back(
        {.id = state.next_id(20'000'000'000), .kind = "transferred", .actor = add_account(person), .at = state.now});
    left.presence = Issue::Presence::transferred;
    left.transferred_to = arrived.id;
    moved.number = arrived.number;
  });
  return moved;
}

void FakeGithub::add_dependency(const IssueRef& ref, const IssueRef& blocker) {
  change([&](State&) { issue(ref).blocked_by.push_back(issue(blocker).id); });
}

std::int64_t FakeGithub::open_pull(const RepositoryName& name, std::string_view head, std::string_view base,
                                   std::string_view body, std::string_view person) {
  std::int64_t number = 0;
  change([&](State& state) {
    Repository& home = repository(name);
    Issue& opened = github::create_issue(state, home, add_account(person), "A change", body);
    opened.pull = Pull{.head_branch = std::string(head), .base_branch = std::string(base)};
    refresh_pull(state, opened);
    number = opened.number;
  });
  return number;
}

void FakeGithub::review(const RepositoryName& name, std::int64_t pull, std::string_view state_name,
                        std::string_view person) {
  change([&](State& state) {
    Pull& reviewed = issue({.repository = name, .number = pull}).pull.value();
    reviewed.reviews.push_back({.id = state.next_id(2'000'000'000),
                                .author = add_account(person),
                                .state = std::string(state_name),
                                .commit = reviewed.head_sha,
                                .at = state.now});
  });
}

std::int64_t FakeGithub::add_check(const RepositoryName& name, const std::string& sha, const NewCheck& check) {
  std::int64_t id = 0;
  change([&](State& state) {
    Repository& home = repository(name);
    const bool is_actions = check.app == NewCheck::App::actions;
    // All jobs of a workflow for a commit are one run, and so one suite; every other check is a suite by itself.
    const auto sibling = std::ranges::find_if(home.check_runs, [&](const CheckRun& other) {
      return other.sha == sha &&
             (is_actions ? other.workflow_run != 0 && other.workflow == check.workflow : other.name == check.name);
    });
    id = state.next_id(40'000'000'000);
    CheckRun run{.id = id, .sha = sha, .name = check.name, .status = check.status, .log = check.log};
    run.suite = sibling != home.check_runs.end() ? sibling->suite : state.next_id(41'000'000'000);
    run.workflow_run = !is_actions                        ? 0
                       : sibling != home.check_runs.end() ? sibling->workflow_run
                                                          : state.next_id(12'000'000'000);
    run.workflow = check.workflow;
    run.created_at = state.now;
    if (check.start == NewCheck::Start::started) {
      run.started_at = state.now;
    }
    if (check.status == "completed") {
      run.conclusion = check.conclusion;
      run.completed_at = state.now;
    }
    home.check_runs.push_back(std::move(run));
  });
  return id;
}

void FakeGithub::finish_check(const RepositoryName& name, std::int64_t check, std::string_view conclusion,
                              std::string_view log) {
  change([&](State& state) {
    auto& runs = repository(name).check_runs;
    const auto found = std::ranges::find(runs, check, &CheckRun::id);
    found->status = "completed";
    found->conclusion = conclusion;
    found->completed_at = state.now;
    found->log = log;
  });
}

void FakeGithub::add_status(const RepositoryName& name, const std::string& sha, std::string_view context,
                            std::string_view status) {
  change([&](State& state) {
    repository(name).statuses.push_back({.id = state.next_id(30'000'000'000),
                                         .sha = sha,
                                         .context = std::string(context),
                                         .state = std::string(status),
                                         .creator = state.viewer,
                                         .at = state.now});
  });
}

std::int64_t FakeGithub::add_deployment(const RepositoryName& name, const std::string& sha,
                                        std::string_view environment) {
  std::int64_t id = 0;
  change([&](State& state) {
    Repository& home = repository(name);
    id = state.next_id(2'000'000'000);
    home.deployments.push_back({.id = id,
                                .sha = sha,
                                .ref = home.default_branch,
                                .environment = std::string(environment),
                                .creator = state.viewer,
                                .at = state.now});
  });
  return id;
}

void FakeGithub::add_deployment_status(const RepositoryName& name, std::int64_t deployment, std::string_view status,
                                       std::string_view description) {
  change([&](State& state) {
    auto& deployments = repository(name).deployments;
    const auto found = std::ranges::find(deployments, deployment, &Deployment::id);
    found->statuses.push_back({.id = state.next_id(2'000'000'000),
                               .state = std::string(status),
                               .description = std::string(description),
                               .creator = state.viewer,
                               .at = state.now});
  });
}

} // namespace afk::test

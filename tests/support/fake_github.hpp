#pragma once
// A GitHub in this process: a real HTTP server on a loopback port with the REST and GraphQL interfaces that afk uses,
// over one world of accounts, repositories, issues, pull requests, checks and deployments. It is as strict as the real
// one (no User-Agent, a trailing slash or an unknown version are refused), and as unreliable where a test says so:
// lists and logs that are behind, answers that are lost after the deed, limits of every kind. What comes and what goes
// is written down for the judges (tests/judges), which hold both to GitHub's own descriptions.
//
// The clock is the test's: all times are its whole seconds. Commits are real: repositories with Git are bare
// repositories on disk, and a push by file:// shows in the next answer.

#include <support/fake_github_state.hpp>
#include <support/loopback_server.hpp>

#include <afk/core/ids.hpp>
#include <afk/port/clock.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

struct FakeGithubSettings {
  std::string token = "ghp_fakefakefakefakefakefakefakefake1234";
  std::string viewer = "afk-account";
  std::string viewer_role = "admin"; // in every repository that is created
  std::string git_folder = {};       // where bare repositories are made; "" = none has commits
  std::string public_url = {};       // how the world calls it, when something stands in front; "" = its own address
  enum class Record : std::uint8_t { keep, drop } record = Record::keep; // drop: the client is wrong on purpose
};

// What goes wrong with an exchange.
enum class FakeFault : std::uint8_t {
  server_error,     // 502 with a page of HTML, nothing done
  unavailable,      // 503, nothing done
  lost_before,      // the connection is reset, nothing done
  lost_after,       // done, and the connection is reset
  error_after,      // done, and 502
  truncated_after,  // done, and half of the answer
  hang,             // nothing comes and nothing is closed
  page_with_200,    // a page of HTML with 200
  secondary_403,    // Retry-After: 60
  secondary_429,    // Retry-After: 60
  secondary_in_200, // GraphQL's way: an error in an answer of 200
  primary_limit,    // 403, remaining 0, reset in ten minutes
  primary_in_200,   // GraphQL's way: RATE_LIMITED
  graph_timeout,    // GraphQL's "Something went wrong while executing your query", 502 with JSON
  unauthorized,     // 401
  forbidden,        // 403, the token may not do this
};

struct FaultRule {
  FakeFault fault = FakeFault::server_error;
  std::string match = {}; // part of "METHOD target\nbody"; "" fits everything
  int skip = 0;           // exchanges that fit and are served
  int times = 1;          // exchanges after those that go wrong
};

class FakeGithub {
 public:
  explicit FakeGithub(const Clock& clock, FakeGithubSettings settings = {});
  FakeGithub(const FakeGithub&) = delete;
  FakeGithub& operator=(const FakeGithub&) = delete;
  ~FakeGithub();

  // API root, as api.github.com is one. The same world as an Enterprise server: enterprise_url() + GraphQL beside it.
  [[nodiscard]] std::string url() const;

  [[nodiscard]] std::string enterprise_url() const { return url() + "/api/v3"; }

  [[nodiscard]] int port() const { return server_->port(); }

  [[nodiscard]] const FakeGithubSettings& settings() const { return settings_; }

  // Every request so far, those that went wrong too.
  [[nodiscard]] std::vector<ReceivedRequest> requests() const { return server_->requests(); }

  // Something stands in front and is what the world calls: answers name its address as GitHub's own. Before any
  // request.
  void answer_as(std::string public_url) { settings_.public_url = std::move(public_url); }

  void inject(FaultRule rule);

  // Anything else, with the world at rest.
  void change(const std::function<void(github::State& state)>& deed);

  // People and programs; known ones are found again. `id` 0 = the next.
  std::int64_t add_account(std::string_view login, github::Account::Kind kind = github::Account::Kind::user,
                           std::int64_t id = 0);
  void remove_account(std::string_view login);
  void set_role(const RepositoryName& repository, std::string_view login, std::string_view role); // "none" removes

  // The owner becomes an organization of that name. With Git: one commit on the default branch.
  void create_repository(const RepositoryName& name);
  void rename_repository(const RepositoryName& name, const RepositoryName& to);
  [[nodiscard]] std::string git_folder(const RepositoryName& name);
  [[nodiscard]] std::int64_t repository_id(const RepositoryName& name);

  // Deeds of the person named, who is made up where nobody knows them.
  IssueRef create_issue(const RepositoryName& repository, std::string_view title, std::string_view body,
                        std::string_view person = "reporter");
  void put_label(const IssueRef& issue, std::string_view label, std::string_view person);
  void take_label(const IssueRef& issue, std::string_view label, std::string_view person);
  void close(const IssueRef& issue, std::string_view reason, std::string_view person); // also a pull request
  void reopen(const IssueRef& issue, std::string_view person);
  void change_title(const IssueRef& issue, std::string_view title, std::string_view person);
  void change_body(const IssueRef& issue, std::string_view body, std::string_view person);
  std::int64_t comment(const IssueRef& issue, std::string_view body, std::string_view person);
  void change_comment(const IssueRef& issue, std::int64_t comment, std::string_view body, std::string_view person);
  void delete_issue(const IssueRef& issue);
  void break_issue(const IssueRef& issue); // answers that GitHub would not give: not recorded from here on
  IssueRef transfer_issue(const IssueRef& issue, const RepositoryName& to, std::string_view person);
  void add_dependency(const IssueRef& issue, const IssueRef& blocker);

  // A pull request by a person between branches that exist.
  std::int64_t open_pull(const RepositoryName& repository, std::string_view head, std::string_view base,
                         std::string_view body, std::string_view person);
  void review(const RepositoryName& repository, std::int64_t pull, std::string_view state, std::string_view person);

  struct NewCheck {
    std::string name = "build";
    std::string status = "completed";
    std::string conclusion = "success";
    std::string log = {};
    enum class App : std::uint8_t { actions, other } app = App::actions;
    std::string workflow = {}; // jobs of one workflow are one run and one suite
    enum class Start : std::uint8_t { started, not_yet } start = Start::started;
  };

  // Another run of a check: the newest of a name counts. Answers its id, which is its job's too.
  std::int64_t add_check(const RepositoryName& repository, const std::string& sha, const NewCheck& check);
  void finish_check(const RepositoryName& repository, std::int64_t check, std::string_view conclusion,
                    std::string_view log = "");
  void add_status(const RepositoryName& repository, const std::string& sha, std::string_view context,
                  std::string_view state);

  std::int64_t add_deployment(const RepositoryName& repository, const std::string& sha, std::string_view environment);
  void add_deployment_status(const RepositoryName& repository, std::int64_t deployment, std::string_view state,
                             std::string_view description = "");

 private:
  class Recorder;

  github::State& settle(); // brings the clock up to date; the lock is held
  github::Repository& repository(const RepositoryName& name);
  github::Issue& issue(const IssueRef& ref);

  ServerAnswer serve(const ReceivedRequest& request);
  ServerAnswer serve_log(const ReceivedRequest& request);
  struct Reply;
  Reply answer(const ReceivedRequest& request);
  Reply dispatch(const ReceivedRequest& request);
  std::optional<FakeFault> next_fault(const ReceivedRequest& request);
  bool creates_too_fast(const ReceivedRequest& request);

  const Clock& clock_;
  FakeGithubSettings settings_;
  std::mutex mutex_;
  github::State state_;
  std::vector<FaultRule> faults_;
  std::deque<Timestamp> created_; // content of the last minute
  bool odd_read_ = false;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<LoopbackServer> logs_; // before the server that names it
  std::unique_ptr<LoopbackServer> server_;
};

} // namespace afk::test

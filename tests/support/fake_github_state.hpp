#pragma once
// What the fake GitHub knows: accounts, repositories, issues and everything on them, as values. Numbers stand for
// things: an account, a repository or an issue is named by its database id, 0 means nobody (a ghost). The fake's own
// sources and nobody else include this.

#include <afk/core/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::test::github {

struct Account {
  std::int64_t id = 0;
  std::string login = {};
  enum class Kind : std::uint8_t { user, bot, organization, mannequin } kind = Kind::user;
  bool gone = false; // deleted: whatever it did was done by a ghost
};

struct Label {
  std::int64_t id = 0;
  std::string name = {};
  std::string color = "ededed";
};

// One entry of an issue's log, under REST's name of it.
struct Event {
  std::int64_t id = 0;
  std::string kind =
      {}; // labeled, unlabeled, closed, reopened, renamed, transferred, cross-referenced, head_ref_deleted
  std::int64_t actor = 0;
  Timestamp at = {};
  std::string label = {};
  std::string from = {}; // renamed
  std::string to = {};
  std::string state_reason = {}; // closed: completed, not_planned
  std::string commit = {};       // closed, merged
  std::int64_t source = 0;       // cross-referenced: the issue or pull request
};

struct Edit {
  std::int64_t editor = 0;
  Timestamp at = {};
};

struct Comment {
  std::int64_t id = 0;
  std::int64_t author = 0;
  std::string body = {};
  Timestamp created_at = {};
  std::vector<Edit> edits = {};
};

struct Review {
  std::int64_t id = 0;
  std::int64_t author = 0;
  std::string state = {}; // APPROVED, CHANGES_REQUESTED
  std::string commit = {};
  Timestamp at = {};
};

struct Pull {
  bool draft = false;
  std::string head_branch = {};
  std::string base_branch = {};
  std::string head_sha = {}; // of the last look at the branch: what is left when it is gone
  std::string base_sha = {};
  bool merged = false;
  std::string merge_commit = {};
  std::int64_t merged_by = 0;
  std::optional<Timestamp> merged_at = {};
  std::vector<Review> reviews = {};
  std::set<std::pair<std::string, std::string>> computed = {}; // base and head whose mergeability was asked for before
};

// Labels and state of an issue as they were from that moment on: what stale lists show.
struct Moment {
  Timestamp at = {};
  std::vector<std::int64_t> labels = {};
  bool open = true;
  std::string state_reason = {};
};

struct Issue {
  std::int64_t id = 0;
  std::int64_t repository = 0;
  std::int64_t number = 0;
  std::string title = {};
  std::string body = {};
  bool open = true;
  std::string state_reason = {}; // completed, not_planned, reopened; "" at first
  std::int64_t author = 0;
  std::vector<std::int64_t> labels = {}; // in the order they were put on
  Timestamp created_at = {};
  Timestamp updated_at = {}; // labelling does not move it
  std::optional<Timestamp> closed_at = {};
  std::int64_t closed_by = 0;
  std::vector<Edit> edits = {}; // of the body
  std::vector<Event> events = {};
  std::vector<Comment> comments = {};
  std::vector<std::int64_t> blocked_by = {};
  std::vector<std::int64_t> sub_issues = {};
  std::optional<Pull> pull = {};
  std::vector<Moment> history = {};
  enum class Presence : std::uint8_t { here, deleted, transferred } presence = Presence::here;
  std::int64_t transferred_to = 0;
  bool broken = false; // shown without its title, which GitHub would not do
};

struct CheckRun {
  std::int64_t id = 0; // an Actions job has the id of its check run
  std::int64_t suite = 0;
  std::int64_t workflow_run = 0; // 0: not by GitHub Actions
  std::string workflow = {};     // its name, where a commit has several
  std::string sha = {};
  std::string name = {};
  std::string status = "queued";
  std::string conclusion = {}; // "" until completed
  Timestamp created_at = {};
  std::optional<Timestamp> started_at = {};
  std::optional<Timestamp> completed_at = {};
  std::string summary = {};
  std::string log = {};
  int attempt = 1;
};

struct CommitStatus {
  std::int64_t id = 0;
  std::string sha = {};
  std::string context = {};
  std::string state = {}; // error, failure, pending, success
  std::string description = {};
  std::string target_url = {};
  std::int64_t creator = 0;
  Timestamp at = {};
};

struct DeploymentStatus {
  std::int64_t id = 0;
  std::string state = {}; // error, failure, inactive, in_progress, queued, pending, success
  std::string description = {};
  std::string environment_url = {};
  std::string log_url = {};
  std::int64_t creator = 0;
  Timestamp at = {};
};

struct Deployment {
  std::int64_t id = 0;
  std::string sha = {};
  std::string ref = {};
  std::string environment = {};
  std::int64_t creator = 0;
  Timestamp at = {};
  std::vector<DeploymentStatus> statuses = {};
};

struct Protection {
  std::vector<std::string> required_checks = {};
  int required_reviews = 0;
  enum class Form : std::uint8_t { classic, ruleset } form = Form::classic; // which of the two ways it was set up in
};

struct Repository {
  std::int64_t id = 0;
  std::int64_t owner = 0;
  std::string name = {};
  std::set<std::string> former_names = {}; // "owner/name", folded
  bool is_private = false;
  bool archived = false;
  bool has_issues = true;
  bool hidden = false;         // from our credential: everything is 404
  std::string git_folder = {}; // a bare repository; "" = no commits
  std::string default_branch = "main";
  bool delete_branch_on_merge = false;
  bool dependencies = true; // false: a server too old to know them
  Timestamp created_at = {};
  std::vector<Label> labels = {};
  std::vector<std::int64_t> issues = {}; // by number, from 1
  std::map<std::int64_t, std::string> roles = {};
  std::vector<CheckRun> check_runs = {};
  std::vector<CommitStatus> statuses = {};
  std::vector<Deployment> deployments = {};
  std::map<std::string, Protection> protections = {}; // by branch
};

// What is left of the hour, of requests or of points.
struct Budget {
  std::int64_t limit = 5000;
  std::int64_t used = 0;
};

struct State {
  std::map<std::int64_t, Account> accounts = {};
  std::map<std::int64_t, Repository> repositories = {};
  std::map<std::int64_t, Issue> issues = {}; // pull requests too
  std::int64_t viewer = 0;
  std::int64_t last_id = 0;
  Timestamp now = {}; // whole seconds, as GitHub tells them
  Budget core;
  Budget graph;
  Timestamp reset = {};

  // What is behind: reads of lists, of logs, and of single issues see the world as it was so long ago.
  Duration list_lag{};
  Duration event_lag{};
  Duration replica_lag{}; // every second read of one issue

  std::int64_t next_id(std::int64_t base) { return base + ++last_id; }
};

// Lookups: nullptr where there is nothing of the kind.
Account* find_account(State& state, std::string_view login);
Repository* find_repository(State& state, std::string_view owner, std::string_view name);
Issue* find_issue(State& state, const Repository& repository, std::int64_t number); // gone ones too
Label* find_label(Repository& repository, std::string_view name);
Label* find_label_by_id(Repository& repository, std::int64_t id);
std::string full_name(const State& state, const Repository& repository);

// The role that GitHub answers for an account: owners are admins, anybody reads what is public.
std::string role_of(const State& state, const Repository& repository, std::int64_t account);

// Who is shown: nullptr for nobody and for accounts that are gone.
const Account* shown_account(const State& state, std::int64_t id);

// Deeds, each with its entry in the log.
Label& create_label(State& state, Repository& repository, std::string_view name, std::string_view color = "ededed");
Issue& create_issue(State& state, Repository& repository, std::int64_t author, std::string_view title,
                    std::string_view body);
void put_label(State& state, Issue& issue, std::int64_t actor, std::string_view name); // created where missing
void take_label(State& state, Issue& issue, std::int64_t actor, std::string_view name);
void close_issue(State& state, Issue& issue, std::int64_t actor, std::string_view reason, std::string_view commit = "");
void reopen_issue(State& state, Issue& issue, std::int64_t actor);
void change_title(State& state, Issue& issue, std::int64_t actor, std::string_view title);
void change_body(State& state, Issue& issue, std::int64_t actor, std::string_view body);
Comment& add_comment(State& state, Issue& issue, std::int64_t author, std::string_view body);
void change_comment(State& state, Issue& issue, Comment& comment, std::int64_t editor, std::string_view body);

// Labels and state as they were `lag` ago.
Moment moment_of(const State& state, const Issue& issue, Duration lag);
std::vector<Event> events_of(const State& state, const Issue& issue, Duration lag); // or further behind, as all logs

} // namespace afk::test::github

#pragma once
// The configuration as validated values: what each key means once it has been read. A default-constructed Config is
// what holds where nothing is written.
//
// config/parse_configuration.hpp makes it from text and environment and is the only place that checks it; whoever
// builds one by hand (tests) keeps the promises written beside the members.

#include <afk/core/agent_output.hpp>
#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/kill_switch.hpp>
#include <afk/core/landing_plan.hpp>
#include <afk/core/time.hpp>
#include <afk/core/working_hours.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace afk {

// An absolute path; empty where the key is not used.
struct FilePath {
  std::string text = {};

  [[nodiscard]] bool empty() const { return text.empty(); }

  friend auto operator<=>(const FilePath&, const FilePath&) = default;
};

struct ByteCount {
  std::int64_t bytes = 0;

  friend auto operator<=>(const ByteCount&, const ByteCount&) = default;
};

// "64MiB", "1GiB", "512KiB", "100B". Fails with `configuration`.
Result<ByteCount> parse_byte_count(std::string_view text);
[[nodiscard]] std::string render_byte_count(ByteCount count); // the largest unit that divides it

// One entry of the allowlist. With an id both must match, so that a renamed or re-created repository does not slip in.
struct AllowlistEntry {
  RepositoryName repository = {};
  std::optional<std::string> repository_id = {};

  friend bool operator==(const AllowlistEntry&, const AllowlistEntry&) = default;
};

// "owner/repo" or "owner/repo@<id>", the id being 1 to 64 of [A-Za-z0-9_-]. Fails with `configuration`; patterns are
// refused by name, because an open gate is written out.
Result<AllowlistEntry> parse_allowlist_entry(std::string_view text);
[[nodiscard]] std::string render_allowlist_entry(const AllowlistEntry& entry);

struct TrackerSettings {
  TrackerKind kind = TrackerKind::directory;
  std::string url = {}; // the API root without a slash at its end; the absolute path of the folder for `directory`
  // Exactly one of these three for a forge, none for the directory tracker.
  FilePath token_file = {};
  std::string token_env = {};
  std::vector<std::string> token_command = {};
  // Of GitHub alone.
  enum class Api : std::uint8_t { graphql, rest };
  Api api = Api::graphql;
  std::string api_version = "2022-11-28"; // or "2026-03-10"

  friend bool operator==(const TrackerSettings&, const TrackerSettings&) = default;
};

// Five different labels, compared without regard to case.
struct LabelSettings {
  std::string ready = "ready-for-agent";
  std::string in_progress = "agent-in-progress";
  std::string human = "ready-for-human";
  std::string question = "needs-info";
  std::string paused = "paused";

  friend bool operator==(const LabelSettings&, const LabelSettings&) = default;
};

struct PolicySettings {
  enum class RedBase : std::uint8_t { hold, ignore };

  std::optional<int> max_per_tick = {}; // nothing: no cap
  int max_in_flight = 4;
  int slots_per_repository = 1;
  std::optional<int> max_dispatches_per_day = {}; // nothing: no cap
  std::vector<std::string> exclude_labels = {};
  std::vector<std::string> require_labels = {};
  int default_priority = 50;
  RedBase red_base = RedBase::hold;
  WorkingHours hours = {};

  friend bool operator==(const PolicySettings&, const PolicySettings&) = default;
};

// Somebody whose arming counts: id and login at a forge, the name of an OS user (and no id) at the directory tracker.
struct ListedLabeler {
  std::string id = {};
  std::string login = {};

  friend bool operator==(const ListedLabeler&, const ListedLabeler&) = default;
};

struct TrustSettings {
  enum class Labeler : std::uint8_t { write, maintain, admin, listed };
  enum class ContentPin : std::uint8_t { off, on };
  enum class Comments : std::uint8_t { none, trusted };

  Labeler labeler = Labeler::write; // `listed` at the directory tracker, whatever is written
  std::vector<ListedLabeler> labelers = {};
  ContentPin pin_content = ContentPin::on;
  Comments comments = Comments::none;

  friend bool operator==(const TrustSettings&, const TrustSettings&) = default;
};

struct AgentSettings {
  enum class Input : std::uint8_t { prompt, none };
  enum class Kind : std::uint8_t { work, review };

  std::string executor = "local";
  // At most one of the two; exactly one where the executor is a process.
  std::string command = {};
  std::vector<std::string> argv = {};
  std::string model = {};
  std::vector<std::string> strengths = {};
  int max_concurrent = 1;
  // What a process executor hands to this agent and to no other; it starts only where all of the first two are there.
  std::vector<std::string> credentials_env = {}; // names of variables
  std::vector<FilePath> credential_files = {};
  std::vector<FilePath> configuration_paths = {}; // shown where they are there
  // What is said of an `argv`; a row of the command table says it itself.
  Input input = Input::prompt; // key `stdin`
  AgentOutput output = AgentOutput::text;
  std::vector<std::string> resume = {};   // argv of a further turn in the same session, with "{session}"
  std::string state_env = {};             // the variable that names the run's folder for the agent's sessions
  std::optional<Kind> kind = {};          // what is written; derive_agent_kind says what holds where nothing is
  std::vector<std::string> red_when = {}; // of a reviewer: words in its output that mean "not good"
  // Of both: where the agent counts tokens and no money, USD per million.
  double input_price_usd = 0;
  double cached_input_price_usd = 0;
  double output_price_usd = 0;
  std::string persona = {}; // who the agent is, in the operator's words; goes into its prompts

  friend bool operator==(const AgentSettings&, const AgentSettings&) = default;
};

struct ProcessExecutorSettings {
  enum class Sandbox : std::uint8_t { bubblewrap, docker, podman, none };
  enum class Network : std::uint8_t { on, off, proxy };

  FilePath workspace_root = {}; // never empty after loading
  Sandbox sandbox = Sandbox::bubblewrap;
  std::string image = {}; // of docker and podman alone
  Duration timeout = std::chrono::hours(6);
  ByteCount output_limit{std::int64_t{16} << 20};
  ByteCount disk_limit{std::int64_t{10} << 30};
  std::optional<ByteCount> memory_limit = ByteCount{std::int64_t{8} << 30}; // of one turn, as the next two
  std::optional<int> cpu_limit = {};                                        // processors
  std::optional<int> process_limit = 4096;
  Network network = Network::on;
  std::string proxy = {};                     // "host:port", with Network::proxy alone
  Duration keep = std::chrono::hours(7 * 24); // how long clones stay after their run

  friend bool operator==(const ProcessExecutorSettings&, const ProcessExecutorSettings&) = default;
};

struct T3ExecutorSettings {
  enum class RuntimeMode : std::uint8_t { approval_required, auto_accept_edits, automatic, full_access };

  std::string url = {};
  FilePath token_file = {};
  std::string instance_id = {};
  std::string model = {};
  RuntimeMode runtime_mode = RuntimeMode::full_access;
  std::string workspace_root = {}; // a path on the server
  // Who prepares the run's clone: afk, where the server shares a disk with it, or the agent by its own rules.
  enum class Clone : std::uint8_t { afk, agent } clone = Clone::afk;
  ProcessExecutorSettings::Sandbox sandbox = ProcessExecutorSettings::Sandbox::bubblewrap; // of check commands

  friend bool operator==(const T3ExecutorSettings&, const T3ExecutorSettings&) = default;
};

struct KubernetesExecutorSettings {
  std::string job_namespace = {}; // key `namespace`
  FilePath template_file = {};
  FilePath kubeconfig = {};           // empty: the service account of the pod
  std::string image = {};             // of the agents; may come from the template
  std::string carrier_image = {};     // afk's own, for clone and push; likewise
  std::string credential_secret = {}; // a Secret whose key "token" opens the repositories; empty: they are open
  std::string agent_secret = {};      // a Secret whose keys become the agents' environment

  friend bool operator==(const KubernetesExecutorSettings&, const KubernetesExecutorSettings&) = default;
};

struct HttpExecutorSettings {
  std::string url = {};
  FilePath token_file = {};

  friend bool operator==(const HttpExecutorSettings&, const HttpExecutorSettings&) = default;
};

struct HandoffExecutorSettings {
  enum class Comment : std::uint8_t { off, on };

  std::string label = {};
  Comment comment = Comment::on;

  friend bool operator==(const HandoffExecutorSettings&, const HandoffExecutorSettings&) = default;
};

using ExecutorSettings = std::variant<ProcessExecutorSettings, T3ExecutorSettings, KubernetesExecutorSettings,
                                      HttpExecutorSettings, HandoffExecutorSettings>;

struct RoutingSettings {
  std::string default_agent = "claude"; // a key of Config::agents

  friend bool operator==(const RoutingSettings&, const RoutingSettings&) = default;
};

// One [roles.<name>] table: what a label `role:<name>` adds to the prompts of an issue.
struct RoleSettings {
  std::string instructions = {};

  friend bool operator==(const RoleSettings&, const RoleSettings&) = default;
};

struct PromptSettings {
  enum class IssueForm : std::uint8_t { embed, pointer };

  IssueForm issue = IssueForm::embed;
  FilePath template_file = {}; // empty: the built-in one

  friend bool operator==(const PromptSettings&, const PromptSettings&) = default;
};

struct LifecycleSettings {
  // What is written; derive_repository_settings says what holds where nothing is.
  std::optional<LandingMode> landing = {};
  std::optional<LastStage> last_stage = {};
  AutoMerge auto_merge = AutoMerge::off;
  int fix_forward_max_attempts = 5;
  std::chrono::seconds fix_forward_max_seconds{3600}; // from first red
  int redispatch_max = 1;
  Duration run_limit = std::chrono::hours(6);
  Duration stall_limit = std::chrono::minutes(30);
  Duration turn_end_grace = std::chrono::minutes(3);
  Duration ci_missing_after = std::chrono::minutes(15);
  Duration no_verdict_after = std::chrono::hours(2);
  Duration unreachable_after = std::chrono::hours(2);
  Duration base_red_after = std::chrono::hours(12);
  Duration merge_after = std::chrono::hours(7 * 24);
  Duration deploy_after = std::chrono::hours(2);
  double budget_usd = 100.0;
  std::vector<std::string> protected_paths{".github/**", ".forgejo/**", ".gitea/**", ".woodpecker*", "**/CODEOWNERS"};

  friend bool operator==(const LifecycleSettings&, const LifecycleSettings&) = default;
};

struct CheckSettings {
  enum class Mode : std::uint8_t { all, required, commands, none };

  std::optional<Mode> mode = {}; // what is written; see derive_repository_settings
  std::vector<std::string> required = {};
  std::vector<std::string> commands = {}; // shell lines, run by the supervisor in the run's sandbox

  friend bool operator==(const CheckSettings&, const CheckSettings&) = default;
};

[[nodiscard]] std::string_view render_check_mode(CheckSettings::Mode mode);

struct QaSettings {
  enum class Mode : std::uint8_t { off, automatic, commands };

  Mode mode = Mode::off;
  std::vector<std::string> commands = {};  // as those of the checks
  std::vector<std::string> reviewers = {}; // agents of kind review: each has to find nothing

  friend bool operator==(const QaSettings&, const QaSettings&) = default;
};

struct DeploymentSettings {
  DeploymentKind kind = DeploymentKind::none;
  std::string url = {};   // with kind url: what answers the revision; {owner} and {name} stand for the repository's
  std::string field = {}; // of a JSON answer, "build.commit"; empty: the answer is the revision itself
  int confirmations = 3;  // requests of one look that must name the same revision
  std::string environment = {}; // with kind forge: whose deployments count; empty: the newest of any
  // With kind kubernetes: a Deployment of a cluster, and the annotation of its pod template that names the commit.
  std::string rollout_namespace = {}; // key `namespace`
  std::string name = {};              // {owner} and {name} stand for the repository's, in small letters
  std::string annotation = {};
  FilePath kubeconfig = {}; // empty: the service account of the pod

  friend bool operator==(const DeploymentSettings&, const DeploymentSettings&) = default;
};

struct CardSettings {
  FilePath key_file = {}; // empty: cards carry a checksum instead of a MAC
  std::vector<FilePath> previous_key_files = {};

  friend bool operator==(const CardSettings&, const CardSettings&) = default;
};

struct NotifierSettings {
  enum class Kind : std::uint8_t { slack, ntfy, webhook };

  Kind kind = Kind::slack;
  FilePath url_file = {};
  std::vector<Ending> on = {}; // empty: every kind

  friend bool operator==(const NotifierSettings&, const NotifierSettings&) = default;
};

struct LimitSettings {
  Duration tick_deadline = std::chrono::seconds(90);
  std::optional<int> requests_per_tick = {}; // nothing: the published bound
  int reserve = 500;                         // API calls of the hour that are left for people

  friend bool operator==(const LimitSettings&, const LimitSettings&) = default;
};

// One [repositories."owner/repo"] table. The four sections hold the global values with the table's overrides applied.
struct RepositoryEntry {
  RepositoryName repository = {};
  std::string clone_url = {}; // URL or absolute path; empty: the forge's own
  std::string base = {};      // empty: the default branch
  FilePath push_credential_file = {};
  PolicySettings policy = {};
  LifecycleSettings lifecycle = {};
  CheckSettings checks = {};
  QaSettings qa = {};

  friend bool operator==(const RepositoryEntry&, const RepositoryEntry&) = default;
};

struct Config {
  KillSwitch kill_switch = KillSwitch::on;
  FilePath kill_switch_file = {};
  std::vector<AllowlistEntry> allowlist = {};
  TrackerSettings tracker = {};
  LabelSettings labels = {};
  PolicySettings policy = {};
  TrustSettings trust = {};
  std::map<std::string, AgentSettings> agents{{"claude", AgentSettings{.command = "claude"}}};
  std::map<std::string, ExecutorSettings> executors{{"local", ProcessExecutorSettings{}}};
  std::map<std::string, RoleSettings> roles = {};
  RoutingSettings routing = {};
  std::vector<RepositoryEntry> repositories = {};
  PromptSettings prompt = {};
  LifecycleSettings lifecycle = {};
  CheckSettings checks = {};
  QaSettings qa = {};
  DeploymentSettings deployment = {};
  CardSettings card = {};
  std::map<std::string, NotifierSettings> notify = {};
  LimitSettings limits = {};

  friend bool operator==(const Config&, const Config&) = default;
};

} // namespace afk

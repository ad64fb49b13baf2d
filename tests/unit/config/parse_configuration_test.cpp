#include <afk/config/parse_configuration.hpp>

#include "configuration_fixture.hpp"

#include <afk/core/repository_settings.hpp>

#include <algorithm>
#include <string>

namespace afk::config::test {
namespace {

std::string origin_of(const Loaded& loaded, const std::string& key) {
  return render_origin(loaded.provenance, find_origin(loaded.provenance, key));
}

Environment with_variable(std::string name, std::string value) {
  Environment environment = home_only;
  environment.emplace_back(std::move(name), std::move(value));
  return environment;
}

constexpr std::string_view everything = R"(
kill_switch = "off"
kill_switch_file = "./stop"
allowlist = ["owner/repo@17", "Owner/Other"]

[tracker]
kind = "forgejo"
url = "https://forge.example/api/v1/"
token_file = "secrets/token"

[labels]
ready = "go"

[policy]
max_per_tick = 2
max_dispatches_per_day = 10
exclude_labels = ["wip"]
hours = "Mon-Fri 22:00-06:00 +02:00"
red_base = "ignore"

[trust]
labeler = "maintain"
labelers = ["583231:octocat"]
pin_content = false
comments = "trusted"

[agents.claude]
executor = "box"
command = "claude"
model = "opus"
strengths = ["tests", "docs"]
max_concurrent = 3

[agents.script]
executor = "box"
argv = ["/usr/bin/agent", "--prompt", "{prompt_file}"]

[executors.box]
kind = "process"
workspace_root = "runs"
sandbox = "podman"
image = "registry.example/agent:1"
timeout = "90m"
output_limit = "1MiB"
disk_limit = "2GiB"
keep = "0s"

[executors.studio]
kind = "t3"
url = "http://localhost:3773"
token_file = "/etc/afk/t3"
instance_id = "codex"
runtime_mode = "auto-accept-edits"
workspace_root = "/srv/work"

[executors.elsewhere]
kind = "handoff"
label = "for-elsewhere"
comment = false

[repositories."owner/repo"]
clone_url = "../repo.git"
base = "next"
push_credential_file = "push"
[repositories."owner/repo".lifecycle]
auto_merge = true
budget_usd = 7
[repositories."owner/repo".policy]
slots_per_repository = 2

[lifecycle]
fix_forward_max_seconds = 60
protected_paths = []

[checks]
mode = "required"
required = ["build", "test"]

[qa]
mode = "auto"

[deployment]
kind = "url"
url = "https://app.example/{owner}/{name}/version"
field = "build.commit"
confirmations = 2

[card]
key_file = "card"
previous_key_files = ["card.1", "/k/card.0"]

[notify.phone]
kind = "ntfy"
url_file = "phone"
on = ["frozen", "question"]

[limits]
tick_deadline = "45s"
requests_per_tick = 100
reserve = 0
)";

} // namespace

TEST_CASE("the smallest configuration holds the defaults, with what follows from the tracker") {
  const Loaded loaded = load(smallest);
  Config expected;
  expected.tracker.url = "/etc/afk/tracker";
  expected.trust.labeler = TrustSettings::Labeler::listed;
  expected.lifecycle.landing = LandingMode::push;
  expected.lifecycle.last_stage = LastStage::checks;
  expected.checks.mode = CheckSettings::Mode::none;
  std::get<ProcessExecutorSettings>(expected.executors.at("local")).workspace_root.text =
      "/home/you/.local/state/afk/runs";
  CHECK(loaded.config == expected);
  CHECK(loaded.files.empty());
}

TEST_CASE("every table is read") {
  const Config config = load(everything).config;
  CHECK(config.kill_switch == KillSwitch::off);
  CHECK(config.kill_switch_file.text == "/etc/afk/stop");
  REQUIRE(config.allowlist.size() == 2);
  CHECK(config.allowlist[0].repository_id == "17");
  CHECK(config.tracker.kind == TrackerKind::forgejo);
  CHECK(config.tracker.url == "https://forge.example/api/v1");
  CHECK(config.tracker.token_file.text == "/etc/afk/secrets/token");
  CHECK(config.labels.ready == "go");
  CHECK(config.labels.paused == "paused");
  CHECK(config.policy.max_per_tick == 2);
  CHECK(config.policy.max_dispatches_per_day == 10);
  CHECK(config.policy.red_base == PolicySettings::RedBase::ignore);
  CHECK(config.policy.hours.windows.size() == 1);
  CHECK(config.trust.labeler == TrustSettings::Labeler::maintain);
  CHECK(config.trust.labelers == std::vector{ListedLabeler{.id = "583231", .login = "octocat"}});
  CHECK(config.trust.pin_content == TrustSettings::ContentPin::off);
  CHECK(config.trust.comments == TrustSettings::Comments::trusted);
  CHECK(config.agents.size() == 2);
  CHECK(config.agents.at("script").argv.size() == 3);
  CHECK(config.agents.at("claude").max_concurrent == 3);
  CHECK(config.lifecycle.fix_forward_max_seconds == std::chrono::seconds(60));
  CHECK(config.lifecycle.protected_paths.empty());
  CHECK(config.checks.required == std::vector<std::string>{"build", "test"});
  CHECK(config.qa.mode == QaSettings::Mode::automatic);
  CHECK(config.deployment == DeploymentSettings{.kind = DeploymentKind::url,
                                                .url = "https://app.example/{owner}/{name}/version",
                                                .field = "build.commit",
                                                .confirmations = 2});
  CHECK(config.card.previous_key_files == std::vector{FilePath{"/etc/afk/card.1"}, FilePath{"/k/card.0"}});
  CHECK(config.notify.at("phone").on == std::vector{Ending::frozen, Ending::question});
  CHECK(config.limits ==
        LimitSettings{.tick_deadline = std::chrono::seconds(45), .requests_per_tick = 100, .reserve = 0});
}

TEST_CASE("each kind of executor has its own settings") {
  const Config config = load(everything).config;
  using Sandbox = ProcessExecutorSettings::Sandbox;
  CHECK(config.executors.size() == 3);
  CHECK(std::get<ProcessExecutorSettings>(config.executors.at("box")) ==
        ProcessExecutorSettings{.workspace_root = {"/etc/afk/runs"},
                                .sandbox = Sandbox::podman,
                                .image = "registry.example/agent:1",
                                .timeout = std::chrono::minutes(90),
                                .output_limit = {1 << 20},
                                .disk_limit = {std::int64_t{2} << 30},
                                .keep = Duration::zero()});
  CHECK(std::get<T3ExecutorSettings>(config.executors.at("studio")).runtime_mode ==
        T3ExecutorSettings::RuntimeMode::auto_accept_edits);
  CHECK(std::get<HandoffExecutorSettings>(config.executors.at("elsewhere")).comment ==
        HandoffExecutorSettings::Comment::off);
}

TEST_CASE("a repository overrides what it says and inherits the rest") {
  const Config config = load(everything).config;
  const Result<RepositorySettings> own =
      derive_repository_settings(config, RepositoryName{.owner = "OWNER", .name = "repo"});
  REQUIRE(own.ok());
  CHECK(own->clone_url == "/etc/afk/../repo.git");
  CHECK(own->base == "next");
  CHECK(own->landing == LandingPlan{.landing = LandingMode::pull_request,
                                    .last_stage = LastStage::merged,
                                    .auto_merge = AutoMerge::on});
  CHECK(own->lifecycle.budget_usd == 7.0);
  CHECK(own->lifecycle.fix_forward_max_seconds == std::chrono::seconds(60));
  CHECK(own->policy.slots_per_repository == 2);
  CHECK(own->policy.max_per_tick == 2);
  CHECK(own->check_mode == CheckSettings::Mode::required);
  const Result<RepositorySettings> other =
      derive_repository_settings(config, RepositoryName{.owner = "owner", .name = "other"});
  REQUIRE(other.ok());
  CHECK(other->landing == LandingPlan{.landing = LandingMode::pull_request, .last_stage = LastStage::review});
  CHECK(other->policy.slots_per_repository == 1);
}

TEST_CASE("files with secrets are listed for whoever looks at them") {
  const Loaded loaded = load(everything);
  std::vector<std::string> files;
  for (const NamedFile& file : loaded.files) {
    files.push_back(file.key + " " + file.path.text);
    CHECK(file.use == FileUse::secret);
  }
  CHECK(files ==
        std::vector<std::string>{"tracker.token_file /etc/afk/secrets/token", "card.key_file /etc/afk/card",
                                 "card.previous_key_files /etc/afk/card.1", "card.previous_key_files /k/card.0",
                                 "executors.studio.token_file /etc/afk/t3", "notify.phone.url_file /etc/afk/phone",
                                 "repositories.\"owner/repo\".push_credential_file /etc/afk/push"});
}

TEST_CASE("each value knows where it comes from") {
  Environment environment = with_variable("AFK_BUDGET_USD", "5");
  environment.emplace_back("AFK_POLICY_EXCLUDE_LABELS", "wip, later");
  const Loaded loaded = load(with(smallest, "[limits]\nreserve = 7\n"), environment);
  CHECK(origin_of(loaded, "limits.reserve") == "afk.toml:6");
  CHECK(origin_of(loaded, "tracker.url") == "afk.toml:2");
  CHECK(origin_of(loaded, "lifecycle.budget_usd") == "AFK_BUDGET_USD");
  CHECK(origin_of(loaded, "policy.exclude_labels") == "AFK_POLICY_EXCLUDE_LABELS");
  CHECK(origin_of(loaded, "kill_switch") == "default");
  CHECK(origin_of(loaded, "lifecycle.landing") == "derived from tracker.kind");
  CHECK(origin_of(loaded, "lifecycle.last_stage") == "derived from lifecycle.landing");
  CHECK(origin_of(loaded, "trust.labeler") == "derived from tracker.kind");
  CHECK(origin_of(loaded, "executors.local.workspace_root") == "derived from HOME");
  CHECK(origin_of(load(smallest_forge), "tracker.url") == "derived from tracker.kind");
  CHECK(origin_of(load(smallest_forge), "lifecycle.last_stage") ==
        "derived from lifecycle.landing and lifecycle.auto_merge");
  CHECK(load(smallest_forge).config.tracker.url == "https://api.github.com");
}

TEST_CASE("a variable wins over the file") {
  struct Case {
    std::string variable;
    std::string value;
    std::string shown; // "key = value" of the result
  };

  const auto row = GENERATE(values<Case>({
      {"AFK_KILL_SWITCH", "off", "kill_switch = false"},
      {"AFK_KILL_SWITCH", "1", "kill_switch = true"},
      {"AFK_KILL_SWITCH_FILE", "/run/stop", "kill_switch_file = \"/run/stop\""},
      {"AFK_POLICY_MAX_IN_FLIGHT", "9", "policy.max_in_flight = 9"},
      {"AFK_POLICY_MAX_PER_TICK", "none", "policy.max_per_tick = \"none\""},
      {"AFK_POLICY_MAX_PER_TICK", "3", "policy.max_per_tick = 3"},
      {"AFK_LIMITS_REQUESTS_PER_TICK", "auto", "limits.requests_per_tick = \"auto\""},
      {"AFK_LIFECYCLE_BUDGET_USD", "12.5", "lifecycle.budget_usd = 12.5"},
      {"AFK_BUDGET_USD", "12", "lifecycle.budget_usd = 12.0"},
      {"AFK_FIX_FORWARD_MAX_SECONDS", "60", "lifecycle.fix_forward_max_seconds = 60"},
      {"AFK_FIX_FORWARD_MAX_ATTEMPTS", "0", "lifecycle.fix_forward_max_attempts = 0"},
      {"AFK_READY_LABEL", "42", "labels.ready = \"42\""},
      {"AFK_IN_PROGRESS_LABEL", "true", "labels.in_progress = \"true\""},
      {"AFK_TRUST_PIN_CONTENT", "false", "trust.pin_content = false"},
      {"AFK_LIFECYCLE_RUN_LIMIT", "1h", "lifecycle.run_limit = \"1h\""},
      {"AFK_POLICY_EXCLUDE_LABELS", "a, b c ,d", "policy.exclude_labels = [\"a\", \"b c\", \"d\"]"},
      {"AFK_POLICY_EXCLUDE_LABELS", "[\"a,b\", \"c\"]", "policy.exclude_labels = [\"a,b\", \"c\"]"},
      {"AFK_POLICY_EXCLUDE_LABELS", " ", "policy.exclude_labels = []"},
      {"AFK_LIFECYCLE_PROTECTED_PATHS", "", "lifecycle.protected_paths = []"},
  }));
  INFO(row.variable << "=" << row.value);
  const std::string text =
      "kill_switch = true\n" + with(smallest, "[policy]\nmax_in_flight = 2\nexclude_labels = [\"x\"]\n");
  const Loaded loaded = load(text, with_variable(row.variable, row.value));
  bool found = false;
  for (const Key<Config>& key : global_keys()) {
    found = found || key.path + " = " + render_node(key.show(loaded.config)) == row.shown;
  }
  CHECK(found);
}

TEST_CASE("a list in brackets is a list and nothing else") {
  for (const std::string value : {"[\"a\"]\nkill_switch = false", "[\"a\"", "[1]", "[[\"a\"]]", "[\"a\"] x"}) {
    INFO(value);
    CHECK(refuse(smallest, with_variable("AFK_POLICY_EXCLUDE_LABELS", value)).find("AFK_POLICY_EXCLUDE_LABELS") !=
          std::string::npos);
  }
}

TEST_CASE("variables that are no keys are left alone or refused") {
  for (const std::string name : {"AFK_CONFIG", "AFK_LONG", "AFK_RUN", "AFK_TURN", "AFK_PROMPT_FILE", "AFK_ISSUE_FILE",
                                 "AFK_REPORT", "AFK_REPORT_FILE", "AFK_PROGRAM", "AFK_SOURCE_DIR", "AFK_REQUIRE_AGENTS",
                                 "AFK_UPDATE_GOLDEN", "AFK_TEST_X", "AFKX", "afk_kill_switch", "PATH"}) {
    INFO(name);
    CHECK(refuse(smallest, with_variable(name, "x")) == "(no problem)");
  }
  for (const std::string name : {"AFK_", "AFK_RUNLIMIT", "AFK_RUN_LIMIT", "AFK_REPORTS", "AFK_POLICY",
                                 "AFK_policy_hours", "AFK_NOTIFY_SLACK_KIND", "AFK_POLICY.HOURS"}) {
    INFO(name);
    CHECK(refuse(smallest, with_variable(name, "x")).find("environment variable " + name + ": ") == 0);
  }
}

TEST_CASE("the variable with the token may have any name") {
  Environment environment = with_variable("AFK_FORGE_TOKEN", "value");
  const std::string text = "[tracker]\nkind = \"github\"\ntoken_env = \"AFK_FORGE_TOKEN\"\n";
  CHECK(load(text, environment).config.tracker.token_env == "AFK_FORGE_TOKEN");
  CHECK(refuse(smallest, environment).find("AFK_FORGE_TOKEN") != std::string::npos);
  CHECK(refuse(text, with_variable("AFK_FORGE_TOKEN", "")).find("no such variable") != std::string::npos);
}

TEST_CASE("the state folder is the environment's") {
  const auto root = [](Environment environment) {
    return std::get<ProcessExecutorSettings>(load(smallest, std::move(environment)).config.executors.at("local"))
        .workspace_root.text;
  };
  CHECK(root({{"HOME", "/home/you"}}) == "/home/you/.local/state/afk/runs");
  CHECK(root({{"HOME", "/home/you"}, {"XDG_STATE_HOME", "/var/state"}}) == "/var/state/afk/runs");
  CHECK(root({{"HOME", "/home/you"}, {"XDG_STATE_HOME", "state"}}) == "/home/you/.local/state/afk/runs");
  CHECK(refuse(smallest, {{"HOME", "home"}}).find("workspace_root") != std::string::npos);
}

TEST_CASE("one wrong value does not make others wrong") {
  // A kind that is not known decides nothing about the keys that depend on it.
  const std::string text = refuse("[tracker]\nkind = \"gitlab\"\ntoken_file = \"t\"\n[lifecycle]\nlanding = \"pr\"\n");
  CHECK(std::ranges::count(text, '\n') == 2);
  CHECK(text.find("tracker.kind") != std::string::npos);
  CHECK(text.find("landing") == std::string::npos);
}

TEST_CASE("a repository is held to the rules with its overrides applied") {
  const std::string forge = with(smallest_forge, "[deployment]\nkind = \"forge\"\n");
  CHECK(refuse(with(forge, "[repositories.\"o/r\"]\nlifecycle.last_stage = \"deployed\"\n")) == "(no problem)");
  CHECK(refuse(with(forge, "[repositories.\"o/r\"]\nlifecycle.landing = \"push\"\nlifecycle.auto_merge = true\n"))
            .find("repositories.\"o/r\".lifecycle.auto_merge") != std::string::npos);
  CHECK(refuse(with(forge, "[repositories.\"o/r\"]\nchecks.mode = \"commands\"\n"))
            .find("checks.commands: nothing would be checked") != std::string::npos);
  CHECK(refuse(with(forge, "[checks]\nmode = \"commands\"\ncommands = [\"make\"]\n"
                           "[repositories.\"o/r\"]\nchecks.mode = \"none\"\n")) == "(no problem)");
}

TEST_CASE("what a repository inherits is wrong once") {
  const std::string text = refuse(with(smallest_forge, "[lifecycle]\nlast_stage = \"checks\"\n"
                                                       "[repositories.\"o/r\"]\nbase = \"main\"\n"
                                                       "[repositories.\"o/s\"]\nbase = \"main\"\n"));
  CHECK(std::ranges::count(text, '\n') == 2);
  CHECK(text.starts_with("afk.toml:5:14: lifecycle.last_stage: "));
}

TEST_CASE("what no repository uses needs no value") {
  const std::string text = "allowlist = [\"o/r\"]\n[tracker]\nurl = \"t\"\n[repositories.\"o/r\"]\nclone_url = \"/g\"\n"
                           "checks.commands = [\"make test\"]\n";
  CHECK(refuse(text) == "(no problem)");
  CHECK(refuse("allowlist = [\"o/r\"]\n[tracker]\nurl = \"t\"\n[repositories.\"o/r\"]\nclone_url = \"/g\"\n")
            .find("nothing would be checked") != std::string::npos);
}

TEST_CASE("problems stand in the order of the file, variables behind them") {
  Environment environment = with_variable("AFK_LIMITS_RESERVE", "x");
  environment.emplace_back("AFK_ALLOWLIST", "*");
  const auto loaded = parse_configuration(
      make_sources("[limits]\nreserve = \"a\"\n[tracker]\nurl = 1\n[checks]\nmode = 2\n", environment));
  REQUIRE_FALSE(loaded.has_value());
  std::vector<std::string> places;
  for (const Problem& problem : loaded.error()) {
    places.push_back(problem.variable.empty() ? std::to_string(problem.position.line) : problem.variable);
  }
  CHECK(places == std::vector<std::string>{"2", "4", "6", "AFK_ALLOWLIST", "AFK_LIMITS_RESERVE"});
}

TEST_CASE("all problems are one error for whoever needs one") {
  const auto loaded = parse_configuration(make_sources("[tracker]\nurl = 1\n[checks]\nmode = 2\n"));
  REQUIRE_FALSE(loaded.has_value());
  const Error error = derive_error(loaded.error());
  CHECK(error.kind == ErrorKind::configuration);
  CHECK(error.message.starts_with("the configuration has 2 problems:\nafk.toml:2:7: tracker.url: "));
  CHECK(derive_error({loaded.error()[0]}).message.starts_with("the configuration has a problem:\n"));
}

TEST_CASE("hostile names and values are shown tamely") {
  const std::string text =
      refuse("\"a\\u001b[2Jb\" = 1\n[policy]\n\"x\\ny\" = 2\nred_base = \"\\u001b]0;owned\\u0007\"\n"
             "[agents.\"\\u202Eevil\"]\ncommand = \"claude\"\n[repositories.\"a\\nb\"]\n");
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\a') == std::string::npos);
  CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(text.find("x\ny") == std::string::npos);
  const std::string variable = refuse(smallest, with_variable("AFK_\x1b[2J", "x"));
  CHECK(variable.find('\x1b') == std::string::npos);
  CHECK(refuse("kill_switch = tr\x01").find('\x01') == std::string::npos);
}

} // namespace afk::config::test

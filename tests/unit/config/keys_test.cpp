// The table of keys against the documented interface, written down here a second time.
#include <afk/config/environment.hpp>
#include <afk/config/keys.hpp>

#include "configuration_fixture.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace afk::config::test {
namespace {

const std::vector<std::string> policy_paths{
    "policy.max_per_tick",           "policy.max_in_flight",  "policy.slots_per_repository",
    "policy.max_dispatches_per_day", "policy.exclude_labels", "policy.require_labels",
    "policy.default_priority",       "policy.red_base",       "policy.hours"};
const std::vector<std::string> lifecycle_paths{"lifecycle.landing",
                                               "lifecycle.last_stage",
                                               "lifecycle.auto_merge",
                                               "lifecycle.fix_forward_max_attempts",
                                               "lifecycle.fix_forward_max_seconds",
                                               "lifecycle.redispatch_max",
                                               "lifecycle.run_limit",
                                               "lifecycle.stall_limit",
                                               "lifecycle.turn_end_grace",
                                               "lifecycle.ci_missing_after",
                                               "lifecycle.no_verdict_after",
                                               "lifecycle.unreachable_after",
                                               "lifecycle.base_red_after",
                                               "lifecycle.merge_after",
                                               "lifecycle.deploy_after",
                                               "lifecycle.budget_usd",
                                               "lifecycle.protected_paths"};
const std::vector<std::string> check_paths{"checks.mode", "checks.required", "checks.commands"};
const std::vector<std::string> qa_paths{"qa.mode", "qa.commands", "qa.reviewers"};

template <typename Section>
std::vector<std::string> list_paths(const Keys<Section>& keys) {
  std::vector<std::string> paths;
  for (const Key<Section>& key : keys) {
    paths.push_back(key.path);
  }
  return paths;
}

std::vector<std::string> join(const std::vector<std::vector<std::string>>& parts) {
  std::vector<std::string> all;
  for (const std::vector<std::string>& part : parts) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

template <typename Section>
void check_descriptions(const Keys<Section>& keys) {
  for (const Key<Section>& key : keys) {
    INFO(key.path);
    CHECK_FALSE(key.documentation.empty());
    CHECK(key.read);
    CHECK(key.show);
  }
}

// What is shown of a section is read again as what it was.
template <typename Section>
void check_shown_is_read(const Keys<Section>& keys, const Section& section) {
  Problems problems;
  Section copy = section;
  for (const Key<Section>& key : keys) {
    INFO(key.path);
    const ValueContext context({.key = key.path, .file = "f", .folder = "/", .variable = {}}, problems);
    CHECK(key.read(copy, key.show(section), context) == Reading::accepted);
  }
  CHECK(problems.empty());
  CHECK(copy == section);
}

} // namespace

TEST_CASE("the unnamed tables have exactly the documented keys") {
  CHECK(list_paths(global_keys()) ==
        join({{"kill_switch", "kill_switch_file", "allowlist"},
              {"tracker.kind", "tracker.url", "tracker.token_file", "tracker.token_env", "tracker.token_command",
               "tracker.api", "tracker.api_version"},
              {"labels.ready", "labels.in_progress", "labels.human", "labels.question", "labels.paused"},
              policy_paths,
              {"trust.labeler", "trust.labelers", "trust.pin_content", "trust.comments"},
              {"routing.default_agent"},
              {"prompt.issue", "prompt.template_file"},
              lifecycle_paths,
              check_paths,
              qa_paths,
              {"deployment.kind", "deployment.url", "deployment.field", "deployment.confirmations",
               "deployment.environment", "deployment.namespace", "deployment.name", "deployment.annotation",
               "deployment.kubeconfig"},
              {"card.key_file", "card.previous_key_files"},
              {"limits.tick_deadline", "limits.requests_per_tick", "limits.reserve"}}));
}

TEST_CASE("the named tables have exactly the documented keys") {
  using Paths = std::vector<std::string>;
  CHECK(list_paths(agent_keys()) == Paths{"executor", "command", "argv", "model", "strengths", "max_concurrent",
                                          "credentials_env", "credential_files", "configuration_paths", "stdin",
                                          "output", "resume", "state_env", "kind", "red_when", "input_price_usd",
                                          "cached_input_price_usd", "output_price_usd", "persona"});
  CHECK(list_paths(role_keys()) == Paths{"instructions"});
  CHECK(list_paths(notifier_keys()) == Paths{"kind", "url_file", "on"});
  CHECK(list_paths(repository_keys()) ==
        join({{"clone_url", "base", "push_credential_file"}, policy_paths, lifecycle_paths, check_paths, qa_paths}));
  REQUIRE(executor_kinds().size() == 5);
  const std::vector<std::pair<std::string, Paths>> kinds{
      {"process",
       {"workspace_root", "sandbox", "image", "timeout", "output_limit", "disk_limit", "memory_limit", "cpu_limit",
        "process_limit", "network", "proxy", "keep"}},
      {"t3", {"url", "token_file", "instance_id", "model", "runtime_mode", "workspace_root", "clone", "sandbox"}},
      {"kubernetes",
       {"namespace", "template_file", "kubeconfig", "image", "carrier_image", "credential_secret", "agent_secret"}},
      {"http", {"url", "token_file"}},
      {"handoff", {"label", "comment"}}};
  for (std::size_t index = 0; index < kinds.size(); ++index) {
    CHECK(executor_kinds()[index].name == kinds[index].first);
    CHECK(list_paths(executor_kinds()[index].keys) == kinds[index].second);
    CHECK(&find_executor_kind(executor_kinds()[index].built_in) == &executor_kinds()[index]);
  }
}

TEST_CASE("every key says what it is for") {
  check_descriptions(global_keys());
  check_descriptions(agent_keys());
  check_descriptions(notifier_keys());
  check_descriptions(role_keys());
  check_descriptions(repository_keys());
  for (const ExecutorKind& kind : executor_kinds()) {
    check_descriptions(kind.keys);
  }
}

TEST_CASE("what is shown is what would be read") {
  check_shown_is_read(global_keys(), Config{});
  check_shown_is_read(agent_keys(), AgentSettings{.argv = {"run", "", "a b", "{prompt_file}"},
                                                  .strengths = {"docs"},
                                                  .input = AgentSettings::Input::none,
                                                  .output = AgentOutput::codex_jsonl,
                                                  .resume = {"run", "{session}"},
                                                  .kind = AgentSettings::Kind::review,
                                                  .red_when = {"[P0]"},
                                                  .output_price_usd = 2.5,
                                                  .persona = "A careful engineer"});
  check_shown_is_read(role_keys(), RoleSettings{.instructions = "Mind the \"quotes\""});
  check_shown_is_read(notifier_keys(), NotifierSettings{.kind = NotifierSettings::Kind::ntfy,
                                                        .url_file = {"/k"},
                                                        .on = {Ending::frozen, Ending::needs_human}});
  for (const ExecutorKind& kind : executor_kinds()) {
    check_shown_is_read(kind.keys, kind.built_in);
  }
}

TEST_CASE("each variable names one key") {
  std::set<std::string> names;
  for (const Key<Config>& key : global_keys()) {
    INFO(key.path);
    CHECK(names.insert(derive_variable(key.path)).second);
    CHECK_FALSE(is_reserved_variable(derive_variable(key.path)));
  }
  for (const Alias& alias : list_aliases()) {
    INFO(alias.variable);
    CHECK(names.insert(std::string(alias.variable)).second);
    CHECK_FALSE(is_reserved_variable(alias.variable));
    CHECK(std::ranges::find(global_keys(), alias.path, &Key<Config>::path) != global_keys().end());
  }
  CHECK(names.contains("AFK_LIFECYCLE_BUDGET_USD"));
  for (const std::string kept : {"AFK_KILL_SWITCH", "AFK_ALLOWLIST", "AFK_READY_LABEL", "AFK_IN_PROGRESS_LABEL",
                                 "AFK_BUDGET_USD", "AFK_FIX_FORWARD_MAX_ATTEMPTS", "AFK_FIX_FORWARD_MAX_SECONDS"}) {
    INFO(kept);
    CHECK(names.contains(kept));
  }
}

TEST_CASE("files that hold secrets are known as such") {
  std::vector<std::string> secrets;
  const auto collect = [&secrets](const auto& keys, const std::string& table) {
    for (const auto& key : keys) {
      if (key.file_use == FileUse::secret) {
        secrets.push_back(table + key.path);
      }
    }
  };
  collect(global_keys(), "");
  collect(repository_keys(), "repository.");
  collect(agent_keys(), "agent.");
  collect(notifier_keys(), "notify.");
  for (const ExecutorKind& kind : executor_kinds()) {
    collect(kind.keys, kind.name + ".");
  }
  CHECK(secrets == std::vector<std::string>{"tracker.token_file", "deployment.kubeconfig", "card.key_file",
                                            "card.previous_key_files", "repository.push_credential_file",
                                            "agent.credential_files", "notify.url_file", "t3.token_file",
                                            "kubernetes.kubeconfig", "http.token_file"});
}

} // namespace afk::config::test

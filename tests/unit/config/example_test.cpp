// The files that are shipped under config/ against the keys, the defaults and the closed gates.
#include <afk/config/environment.hpp>

#include "configuration_fixture.hpp"

#include <support/files.hpp>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

namespace afk::config::test {
namespace {

std::string read_shipped(const std::string& name) {
  return afk::test::get_file(std::string(AFK_SOURCE_DIR) + "/config/" + name);
}

// The example with its commented parts taken in: lines whose "#" stands directly before a key or a table.
std::string uncomment(const std::string& text) {
  std::istringstream lines(text);
  std::string whole;
  for (std::string line; std::getline(lines, line);) {
    const bool part = line.size() > 1 && line[0] == '#' && (line[1] == '[' || (line[1] >= 'a' && line[1] <= 'z'));
    whole += (part ? line.substr(1) : line) + "\n";
  }
  return whole;
}

void collect_paths(const Table& table, const std::string& prefix, std::set<std::string>& paths) {
  for (const Entry& entry : table.entries) {
    const std::string path = prefix.empty() ? entry.key : prefix + "." + entry.key;
    if (const auto* inner = std::get_if<Table>(&entry.value.value)) {
      collect_paths(*inner, path, paths);
    } else {
      paths.insert(path);
    }
  }
}

std::set<std::string> list_paths(const std::string& text) {
  const auto document = parse_document(text);
  REQUIRE(document.has_value());
  std::set<std::string> paths;
  collect_paths(*document, "", paths);
  return paths;
}

const std::string& name_of(const ExecutorKind& kind) {
  static const std::map<std::string, std::string> names{
      {"process", "local"}, {"t3", "studio"}, {"kubernetes", "cluster"}, {"http", "service"}, {"handoff", "elsewhere"}};
  return names.at(kind.name);
}

} // namespace

TEST_CASE("the example is a configuration, disarmed, that shows the defaults") {
  const Loaded loaded = load(read_shipped("afk.toml"));
  Config expected = load(smallest).config;
  expected.checks.mode = CheckSettings::Mode::commands;
  expected.checks.commands = {"make test"}; // has no default
  CHECK(loaded.config == expected);
  CHECK(loaded.config.kill_switch == KillSwitch::on);
  CHECK(loaded.config.allowlist.empty());
}

TEST_CASE("the example shows every key of the unnamed tables in force") {
  const std::set<std::string> paths = list_paths(read_shipped("afk.toml"));
  for (const Key<Config>& key : global_keys()) {
    INFO(key.path);
    CHECK(paths.contains(key.path));
  }
}

TEST_CASE("the example shows the value of each default as it is written") {
  const auto document = parse_document(read_shipped("afk.toml"));
  REQUIRE(document.has_value());
  const Config defaults;
  const std::set<std::string> without_default{"tracker.url", "checks.commands"};
  for (const Key<Config>& key : global_keys()) {
    if (without_default.contains(key.path)) {
      continue;
    }
    const std::size_t dot = key.path.find('.');
    const std::string first = key.path.substr(0, dot);
    const auto outer = std::ranges::find(document->entries, first, &Entry::key);
    REQUIRE(outer != document->entries.end());
    const Node* node = &outer->value;
    if (dot != std::string::npos) {
      const Table& table = std::get<Table>(node->value);
      const auto inner = std::ranges::find(table.entries, key.path.substr(dot + 1), &Entry::key);
      REQUIRE(inner != table.entries.end());
      node = &inner->value;
    }
    INFO(key.path);
    CHECK(render_node(*node) == render_node(key.show(defaults)));
  }
}

TEST_CASE("the example with its commented parts is a configuration as well, and has every key") {
  const std::string whole = uncomment(read_shipped("afk.toml"));
  CHECK(refuse(whole) == "(no problem)");
  const std::set<std::string> paths = list_paths(whole);
  for (const Key<AgentSettings>& key : agent_keys()) {
    INFO(key.path);
    CHECK(paths.contains("agents.claude." + key.path));
  }
  for (const ExecutorKind& kind : executor_kinds()) {
    for (const Key<ExecutorSettings>& key : kind.keys) {
      INFO(kind.name << " " << key.path);
      CHECK(paths.contains("executors." + name_of(kind) + "." + key.path));
    }
  }
  for (const std::string key : {"clone_url", "base", "push_credential_file", "policy.slots_per_repository",
                                "lifecycle.budget_usd", "checks.commands", "qa.mode"}) {
    INFO(key);
    CHECK(paths.contains("repositories.owner/repo." + key));
  }
  for (const Key<RoleSettings>& key : role_keys()) {
    CHECK(paths.contains("roles.docs." + key.path));
  }
  for (const Key<NotifierSettings>& key : notifier_keys()) {
    INFO(key.path);
    CHECK(paths.contains("notify.slack." + key.path));
  }
}

TEST_CASE("the trunk configuration is disarmed and pushes until it is deployed") {
  const Config config = load(read_shipped("trunk.toml")).config;
  CHECK(config.kill_switch == KillSwitch::on);
  CHECK(config.allowlist.empty());
  CHECK(config.tracker.kind == TrackerKind::github);
  CHECK(config.lifecycle.landing == LandingMode::push);
  CHECK(config.lifecycle.last_stage == LastStage::deployed);
  CHECK(config.deployment.kind != DeploymentKind::none);
}

} // namespace afk::config::test

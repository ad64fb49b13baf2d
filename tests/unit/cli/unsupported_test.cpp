// Settings that this version cannot keep are refused by name, never passed over.
#include <afk/cli/unsupported.hpp>

#include <support/catch.hpp>

#include <functional>
#include <string>

using namespace afk;

namespace {

struct Case {
  const char* name = "";
  std::function<void(Config&)> ask;
  const char* refused = ""; // how the message begins; "" = it is not refused
};

Config sample_config() {
  Config config;
  config.allowlist = {*parse_allowlist_entry("acme/app")};
  config.executors = {{"local", ProcessExecutorSettings{}}};
  return config;
}

ExecutorSettings sandboxed(ProcessExecutorSettings::Sandbox sandbox) {
  ProcessExecutorSettings settings;
  settings.sandbox = sandbox;
  return settings;
}

} // namespace

TEST_CASE("what this version cannot do is refused before anything is done") {
  using Sandbox = ProcessExecutorSettings::Sandbox;
  const auto row = GENERATE(values<Case>({
      {"nothing special", [](Config&) {}, ""},
      {"no sandbox", [](Config& config) { config.executors["local"] = sandboxed(Sandbox::none); }, ""},
      {"docker", [](Config& config) { config.executors["local"] = sandboxed(Sandbox::docker); }, ""},
      {"podman", [](Config& config) { config.executors["local"] = sandboxed(Sandbox::podman); }, ""},
      {"QA by commands", [](Config& config) { config.qa = {QaSettings::Mode::commands, {"make qa"}}; }, ""},
      {"QA by itself", [](Config& config) { config.qa.mode = QaSettings::Mode::automatic; }, ""},
      {"a deployment by its address", [](Config& config) { config.deployment.kind = DeploymentKind::url; }, ""},
      {"a deployment of a cluster", [](Config& config) { config.deployment.kind = DeploymentKind::kubernetes; }, ""},
      {"a deployment by Woodpecker", [](Config& config) { config.deployment.kind = DeploymentKind::woodpecker; },
       "deployment.kind = \"woodpecker\": "},
  }));
  DYNAMIC_SECTION(row.name) {
    Config config = sample_config();
    row.ask(config);
    const auto checked = cli::check_supported(config);
    REQUIRE(checked.ok() == std::string(row.refused).empty());
    if (!checked.ok()) {
      CHECK(checked.error().kind == ErrorKind::configuration);
      CHECK(checked.error().message.rfind(row.refused, 0) == 0);
    }
  }
}

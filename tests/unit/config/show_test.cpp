#include <afk/config/show.hpp>

#include "configuration_fixture.hpp"

#include <support/golden.hpp>

#include <algorithm>
#include <string>

namespace afk::config::test {
namespace {

constexpr std::string_view shown_configuration = R"(allowlist = ["owner/repo@17"]

[tracker]
kind = "github"
token_env = "FORGE_TOKEN"

[policy]
hours = "mon-fri  22:00-06:00 +02:00"

[agents.script]
argv = ["/usr/bin/agent", "--prompt", "{prompt_file}"]

[executors.local]
kind = "process"
sandbox = "none"

[repositories."owner/repo"]
base = "next"
lifecycle.auto_merge = true
checks.mode = "none"

[repositories."owner/other"]
policy.slots_per_repository = 2

[routing]
default_agent = "script"

[card]
key_file = "card-key"

[notify.phone]
kind = "ntfy"
url_file = "/etc/afk/phone"
)";

const Environment environment{
    {"HOME", "/home/you"}, {"FORGE_TOKEN", "s3cr3t-s3cr3t"}, {"AFK_POLICY_EXCLUDE_LABELS", "wip,later"}};

} // namespace

TEST_CASE("the effective configuration is shown with the origin of each value") {
  afk::test::GoldenFolder golden("config/show");
  golden.check("forge.txt", render_settings(derive_settings(load(shown_configuration, environment))));
  golden.check("smallest.txt", render_settings(derive_settings(load(smallest))));
  golden.check_all_used();
}

TEST_CASE("what is shown can be loaded and means the same") {
  const Environment without_keys{{"HOME", "/home/you"}, {"FORGE_TOKEN", "s3cr3t-s3cr3t"}};
  const Loaded loaded = load(shown_configuration, environment);
  const Loaded again = load(render_settings(derive_settings(loaded)), without_keys);
  CHECK(again.config == loaded.config);

  const Loaded small = load(smallest);
  CHECK(load(render_settings(derive_settings(small))).config == small.config);
}

TEST_CASE("every key is shown once") {
  const std::vector<Setting> settings = derive_settings(load(shown_configuration, environment));
  std::vector<std::string> keys;
  for (const Setting& setting : settings) {
    CHECK_FALSE(setting.origin.empty());
    keys.push_back(setting.key);
  }
  for (const Key<Config>& key : global_keys()) {
    INFO(key.path);
    CHECK(std::ranges::count(keys, key.path) == 1);
  }
  std::ranges::sort(keys);
  CHECK(std::ranges::adjacent_find(keys) == keys.end());
}

TEST_CASE("no secret is shown") {
  const std::string text = render_settings(derive_settings(load(shown_configuration, environment)));
  CHECK(text.find("s3cr3t") == std::string::npos);
  CHECK(text.find("token_env = \"FORGE_TOKEN\"") != std::string::npos);
}

} // namespace afk::config::test

// What has to pass on a head before it lands: QA first, then checks; a language that nobody knows is refused.
#include <afk/core/observation.hpp>

#include <support/catch.hpp>

#include <string>
#include <vector>

namespace afk::test {
namespace {

using Strings = std::vector<std::string>;

RepositorySettings sample_settings(QaSettings::Mode qa, CheckSettings::Mode checks) {
  RepositorySettings settings;
  settings.repository = {.owner = "acme", .name = "app"};
  settings.qa = {.mode = qa, .commands = {"qa one", "qa two"}};
  settings.checks.commands = {"check"};
  settings.check_mode = checks;
  return settings;
}

TEST_CASE("QA goes before the checks, and brings the commands of its mode") {
  struct Case {
    const char* name;
    QaSettings::Mode qa;
    CheckSettings::Mode checks;
    Strings commands;
  };

  using Qa = QaSettings::Mode;
  using Checks = CheckSettings::Mode;
  const auto row = GENERATE(values<Case>(
      {{"neither", Qa::off, Checks::all, {}},
       {"checks alone", Qa::off, Checks::commands, {"check"}},
       {"QA alone", Qa::commands, Checks::all, {"qa one", "qa two"}},
       {"both", Qa::commands, Checks::commands, {"qa one", "qa two", "check"}},
       {"QA by the language", Qa::automatic, Checks::none, {"cargo build", "cargo test"}},
       {"QA by the language, then checks", Qa::automatic, Checks::commands, {"cargo build", "cargo test", "check"}}}));
  DYNAMIC_SECTION(row.name) {
    const auto commands = derive_gate_commands(sample_settings(row.qa, row.checks), Strings{"Cargo.toml", "src"});
    REQUIRE(commands.ok());
    CHECK(*commands == row.commands);
  }
}

TEST_CASE("QA by itself refuses what it does not know, and says what to write") {
  for (const Strings& root : {Strings{}, Strings{"README.md"}}) {
    const auto commands =
        derive_gate_commands(sample_settings(QaSettings::Mode::automatic, CheckSettings::Mode::commands), root);
    REQUIRE_FALSE(commands.ok());
    CHECK(commands.error().kind == ErrorKind::refused);
    for (const char* part : {"acme/app", "go, php, node, python, rust, c++ (CMake)", "mode = \"commands\""}) {
      INFO(part);
      CHECK(commands.error().message.find(part) != std::string::npos);
    }
  }
}

TEST_CASE("a head that QA has not seen is not green, whatever its language") {
  const Observation observation;
  const auto automatic = sample_settings(QaSettings::Mode::automatic, CheckSettings::Mode::none);
  CHECK(derive_head_verdict(observation, automatic, "head").verdict == Situation::Verdict::missing);
  const auto off = sample_settings(QaSettings::Mode::off, CheckSettings::Mode::none);
  CHECK(derive_head_verdict(observation, off, "head").verdict == Situation::Verdict::green);
}

} // namespace
} // namespace afk::test

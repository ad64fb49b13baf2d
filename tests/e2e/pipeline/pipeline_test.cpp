// The step of deploy/action as a pipeline runs it: its own script, with the variables that a runner sets. Its exit
// code, what it printed, the annotations, and the step summary are golden.

#include <e2e/journeys/journey.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/yaml_codec.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/golden.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

namespace afk::test {
namespace {

using Json = nlohmann::json;

Json read_action() {
  const auto json = adapter::convert_yaml_to_json(get_file(std::string(AFK_SOURCE_DIR) + "/deploy/action/action.yml"));
  REQUIRE(json.ok());
  return Json::parse(*json);
}

struct Step {
  std::string timeout = "50s";
  std::string issue = "";
  std::string configuration = ""; // "" = the world's
};

std::string join_repeated_lines(const std::string& text) {
  std::istringstream lines(text);
  std::string joined;
  std::string last = "\n";
  for (std::string line; std::getline(lines, line); last = line) {
    if (line != last) {
      joined += line + "\n";
    }
  }
  return joined;
}

// Runs the step and answers all that a person would see of it.
std::string run_step(const std::string& root, const Step& step) {
  const Json action = read_action();
  const Json& script = action.at("runs").at("steps").at(0);
  CommandLine command;
  command.argv = {"bash", "-c", script.at("run").get<std::string>()};
  command.working_folder = root;
  command.timeout = std::chrono::minutes(2);
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                         {"HOME", root},
                         {"TMPDIR", root + "/tmp"},
                         {"LC_ALL", "C"},
                         {"GITHUB_ACTIONS", "true"},
                         {"GITHUB_STEP_SUMMARY", root + "/summary.md"},
                         {"GITHUB_OUTPUT", root + "/step-output"},
                         {"INPUT_CONFIG", step.configuration.empty() ? root + "/afk.toml" : step.configuration},
                         {"INPUT_ISSUE", step.issue},
                         {"INPUT_TIMEOUT", step.timeout},
                         {"INPUT_INTERVAL", "100ms"},
                         {"INPUT_AFK", std::getenv("AFK_PROGRAM")}};
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  REQUIRE(output.ok());
  std::string text = "exit code: " + std::to_string(output->exit_code) + "\n--- standard output\n" +
                     output->standard_output + "--- standard error\n" + output->standard_error + "--- step summary\n" +
                     (std::filesystem::exists(root + "/summary.md") ? get_file(root + "/summary.md") : "(none)\n") +
                     "--- outputs\n" + get_file(root + "/step-output");
  text = join_repeated_lines(text); // a step that waits says the same at each look
  for (std::size_t at = text.find(root); at != std::string::npos; at = text.find(root, at)) {
    text.replace(at, root.size(), "ROOT");
  }
  return text;
}

struct Case {
  std::string name;
  std::string agent;
  std::string lifecycle;
};

} // namespace

TEST_CASE("every input of the action reaches its script as a variable, none as a part of it") {
  const Json action = read_action();
  const Json& step = action.at("runs").at("steps").at(0);
  CHECK(step.at("run").get<std::string>().find("${{") == std::string::npos);
  CHECK(step.at("env").size() == action.at("inputs").size());
}

TEST_CASE("the action's step for each way in which a run ends") {
  const auto example = GENERATE(values<Case>({
      {"0-landed", "echo hello > greeting.txt\ngit commit --quiet --all --message 'Say hello'\n", ""},
      {"4-handed-to-a-person", "printf '{\"result\": \"nothing-to-do\"}' > \"$AFK_REPORT\"\n", ""},
      {"5-frozen", "echo helo >> greeting.txt\ngit commit --quiet --all --message 'Say helo'\n",
       "fix_forward_max_attempts = 0\n"},
  }));
  INFO(example.name);
  Story story;
  story.agent = example.agent;
  story.lifecycle = example.lifecycle;
  Journey journey{story};
  journey.start();
  GoldenFolder("pipeline").check(example.name + ".txt", run_step(journey.root(), {}));
}

TEST_CASE("the action's step where nothing ended") {
  SECTION("1: the issue has no run") {
    const Journey journey{Story{}};
    GoldenFolder("pipeline").check("1-no-run.txt", run_step(journey.root(), {.timeout = "20s", .issue = "acme/app#1"}));
  }
  SECTION("2: a configuration that is not there") {
    const Journey journey{Story{}};
    GoldenFolder("pipeline")
        .check("2-no-configuration.txt", run_step(journey.root(), {.configuration = journey.root() + "/nowhere.toml"}));
  }
  SECTION("3: the tracker is not there") {
    const Journey journey{Story{}};
    std::filesystem::remove_all(journey.root() + "/tracker");
    GoldenFolder("pipeline").check("3-no-tracker.txt", run_step(journey.root(), {.timeout = "1s"}));
  }
  SECTION("6: it takes too long") {
    Story story;
    story.agent = "while [ ! -e \"$WORLD/go\" ]; do sleep 0.05; done\n";
    Journey journey{story};
    journey.afk_beside_agents({"poll"});
    GoldenFolder("pipeline").check("6-timeout.txt", run_step(journey.root(), {.timeout = "1s"}));
    journey.person("the agent need not wait any more", "touch go");
    journey.watch_until_over();
  }
  SECTION("the summary cannot be written") {
    Journey journey{Story{}};
    std::filesystem::create_directories(journey.root() + "/summary.md/in-the-way");
    const Json action = read_action();
    CommandLine command;
    command.argv = {std::getenv("AFK_PROGRAM"), "watch", "--config", journey.root() + "/afk.toml"};
    command.environment = {{"PATH", "/usr/bin:/bin"},
                           {"HOME", journey.root()},
                           {"GITHUB_ACTIONS", "true"},
                           {"GITHUB_STEP_SUMMARY", journey.root() + "/summary.md"}};
    adapter::PosixCommands commands;
    const auto output = commands.run(command);
    REQUIRE(output.ok());
    CHECK(output->standard_error.find("step summary") != std::string::npos);
  }
}

TEST_CASE("every exit code of --wait has its golden file") {
  std::string codes;
  for (const std::string& name : names_in(std::string(AFK_SOURCE_DIR) + "/tests/golden/pipeline")) {
    codes += name.front();
  }
  CHECK(codes == "0123456");
}

} // namespace afk::test

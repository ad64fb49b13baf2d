// The program from outside: streams, exit codes, and what happens when the world is not as it should be.
#include <afk/adapter/commands_posix.hpp>
#include <afk/cli/starter_configuration.hpp>
#include <afk/config/parse_configuration.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/git_repository.hpp>
#include <support/temporary_folder.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace afk;

namespace {

CommandOutput run(const std::string& folder, std::vector<std::string> words, const std::string& redirection = "") {
  CommandLine command;
  std::string line = std::getenv("AFK_PROGRAM");
  for (const std::string& word : words) {
    line += " '" + word + "'";
  }
  command.argv = {"/bin/sh", "-c", line + " " + redirection};
  command.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", folder}};
  command.working_folder = folder;
  adapter::PosixCommands commands;
  auto output = commands.run(command);
  REQUIRE(output.ok());
  return *output;
}

std::string initialised(const test::TemporaryFolder& folder) {
  const std::string file = folder / "afk.toml";
  REQUIRE(run(folder.path(), {"init", "--config", file}).exit_code == 0);
  return file;
}

} // namespace

TEST_CASE("What init writes loads, and starts nothing") {
  const std::string text = cli::render_starter_configuration();
  const config::Sources sources{text, "afk.toml", "/folder", {{"HOME", "/home/somebody"}}};
  const auto loaded = config::parse_configuration(sources);
  REQUIRE(loaded.has_value());
  CHECK(loaded->config.kill_switch == KillSwitch::on);
  CHECK(loaded->config.allowlist.empty());

  const test::TemporaryFolder folder;
  const std::string file = initialised(folder);
  CHECK(std::filesystem::exists(folder / "tracker/tracker.toml"));
  const auto polled = run(folder.path(), {"poll", "--config", file});
  CHECK(polled.exit_code == 0);
  CHECK(polled.standard_output.empty());
  CHECK(polled.standard_error.empty());
  const auto again = run(folder.path(), {"init", "--config", file});
  CHECK(again.exit_code == 0);
  CHECK(again.standard_output.find("stays as it is") != std::string::npos);
}

TEST_CASE("A dry run that nothing stands behind says why") {
  const test::TemporaryFolder folder;
  const auto output = run(folder.path(), {"poll", "--dry-run", "--config", initialised(folder)});
  CHECK(output.standard_output.find("the kill switch is on") != std::string::npos);
}

TEST_CASE("A dry run shows the prompt that the agent would get, and starts nothing") {
  const test::TemporaryFolder folder;
  const test::GitRepository app(folder / "app");
  app.commit("README", "first\n", "Begin");
  const std::string file = initialised(folder);
  test::put_file(file, "kill_switch = false\nallowlist = [\"acme/app\"]\n"
                       "[tracker]\nkind = \"directory\"\nurl = \"tracker\"\n[trust]\nlabelers = [\"hand\"]\n"
                       "[agents.one]\nargv = [\"/bin/true\"]\n[routing]\ndefault_agent = \"one\"\n"
                       "[executors.local]\nkind = \"process\"\nworkspace_root = \"work\"\nsandbox = \"none\"\n"
                       "[repositories.\"acme/app\"]\nclone_url = \"app\"\n"
                       "[checks]\nmode = \"commands\"\ncommands = [\"true\"]\n");
  const std::string issue = "+++\ntitle = \"Oil the hinge\"\nlabels = [\"ready-for-agent\"]\n+++\n\nIt creaks.\n";
  test::put_file(folder / "tracker/acme/app/1.md", issue);

  const auto shown = run(folder.path(), {"poll", "--dry-run", "--config", file});
  INFO(shown.standard_output << shown.standard_error);
  CHECK(shown.exit_code == 0);
  CHECK(shown.standard_output.find("Oil the hinge") != std::string::npos);
  CHECK(shown.standard_output.find("Its text is the file ISSUE.md") != std::string::npos);
  const auto result = run(folder.path(), {"poll", "--dry-run", "--json", "--config", file});
  const auto prompt = nlohmann::json::parse(result.standard_output)["issues"][0]["prompt"].get<std::string>();
  CHECK(prompt.find("Oil the hinge") != std::string::npos);
  CHECK(prompt.find("It creaks.") == std::string::npos); // the agent reads it from the file

  CHECK_FALSE(std::filesystem::exists(folder / "work/runs"));
  CHECK(test::get_file(folder / "tracker/acme/app/1.md") == issue);
}

TEST_CASE("No configuration, a broken one and a foreign one are told apart, with exit code 2") {
  const test::TemporaryFolder folder;
  CHECK(run(folder.path(), {"poll", "--config", folder / "none.toml"}).exit_code == 2);
  test::put_file(folder / "broken.toml", "kill_switch = maybe\n");
  const auto broken = run(folder.path(), {"poll", "--config", folder / "broken.toml"});
  CHECK(broken.exit_code == 2);
  CHECK(broken.standard_error.find("broken.toml:1") != std::string::npos);
  CHECK(broken.standard_output.empty());
  const std::string file = initialised(folder);
  std::filesystem::permissions(file, std::filesystem::perms::others_write, std::filesystem::perm_options::add);
  const auto foreign = run(folder.path(), {"poll", "--config", file});
  CHECK(foreign.exit_code == 2);
  CHECK(foreign.standard_error.find(file) != std::string::npos);
}

TEST_CASE("A result that cannot be written is a failure") {
  const test::TemporaryFolder folder;
  const std::string file = initialised(folder);
  CHECK(run(folder.path(), {"config", "show", "--config", file}, "> /dev/full").exit_code == 1);
  CHECK(run(folder.path(), {"--help"}, "> /dev/full").exit_code == 1);
  // A reader that leaves early: SIGPIPE must not end the program in the middle of a step.
  const auto piped = run(folder.path(), {"config", "show", "--config", file}, "| true");
  CHECK(piped.exit_code == 0);
}

TEST_CASE("Under --json nothing but the result is on stdout, and messages can be JSON too") {
  const test::TemporaryFolder folder;
  const std::string file = initialised(folder);
  const auto polled = run(folder.path(), {"poll", "--json", "--config", file});
  CHECK(nlohmann::json::accept(polled.standard_output));
  const auto failed = run(folder.path(), {"poll", "--config", folder / "none.toml", "--log-format", "json"});
  const auto message = nlohmann::json::parse(failed.standard_error);
  CHECK(message["level"] == "error");
  CHECK(message["kind"] == "configuration");
}

TEST_CASE("config show names the origin of each value") {
  const test::TemporaryFolder folder;
  const auto shown = run(folder.path(), {"config", "show", "--config", initialised(folder)});
  CHECK(shown.exit_code == 0);
  CHECK(shown.standard_output.find("kill_switch = true") != std::string::npos);
  CHECK(shown.standard_output.find("afk.toml:") != std::string::npos);
  CHECK(shown.standard_output.find("default") != std::string::npos);
}

TEST_CASE("A command on an issue that is not there, or has no run, says so") {
  const test::TemporaryFolder folder;
  const std::string file = initialised(folder);
  test::put_file(folder / "tracker/acme/app/1.md", "+++\ntitle = \"One\"\n+++\n");
  CHECK(run(folder.path(), {"requeue", "acme/app#7", "--config", file}).exit_code == 2);
  CHECK(run(folder.path(), {"why", "acme/app#7", "--config", file}).exit_code == 2);
  const auto stopped = run(folder.path(), {"stop", "acme/app#1", "--config", file});
  CHECK(stopped.exit_code == 1);
  CHECK(stopped.standard_error.find("no run is in flight") != std::string::npos);
}

TEST_CASE("The doctor finds what is wrong and names the cure") {
  const test::TemporaryFolder folder;
  const std::string file = initialised(folder);
  std::filesystem::remove_all(folder / "tracker");
  const auto sick = run(folder.path(), {"doctor", "--json", "--config", file});
  CHECK(sick.exit_code == 1);
  bool cured = true;
  bool tracker_bad = false;
  const auto result = nlohmann::json::parse(sick.standard_output);
  for (const auto& finding : result["findings"]) {
    cured = cured && (finding["state"] != "BAD" || !finding["cure"].get<std::string>().empty());
    tracker_bad = tracker_bad || (finding["check"] == "tracker" && finding["state"] == "BAD");
  }
  CHECK(cured);
  CHECK(tracker_bad);
  run(folder.path(), {"doctor", "--fix", "--config", file});
  CHECK(std::filesystem::exists(folder / "tracker/tracker.toml"));
  CHECK(test::get_file(file) == cli::render_starter_configuration()); // no gate was opened
}

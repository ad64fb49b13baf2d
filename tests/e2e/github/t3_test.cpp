// A run on the fake GitHub whose agent works at the T3 Code server of the tests: from the arming to a pull request that
// is handed over, with one check that is red on the way.

#include <e2e/github/github_story.hpp>

#include <afk/adapter/commands_posix.hpp>

#include <support/catch.hpp>
#include <support/fake_t3_server.hpp>
#include <support/golden.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <stdexcept>

using namespace afk;
using namespace afk::test;
using Json = nlohmann::json;

namespace {

const RepositoryName home{.owner = "acme", .name = "app"};

// The agent adds a line in each turn.
void work(FakeT3& server, const FakeT3::Turn& turn) {
  CommandLine command;
  command.argv = {"sh", "-euc", "echo hello >> greeting.txt; git add --all; git commit --quiet --message 'Say hello'"};
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", "/nonexistent"}};
  command.working_folder = turn.worktree;
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok() || output->exit_code != 0) {
    throw std::runtime_error(output.ok() ? output->standard_error : output.error().message);
  }
  server.say(turn.thread, "Done.\n\n```afk-report\n{\"result\": \"done\"}\n```\n");
  server.finish(turn.thread);
}

FakeT3::Setup t3_setup(const Clock& clock) {
  FakeT3::Setup setup;
  setup.now = [&clock] { return clock.now(); };
  setup.agent = work;
  return setup;
}

std::string configuration(GithubStory& story, const std::string& t3_url) {
  return fmt::format(
      "kill_switch = false\nallowlist = [\"acme/app\"]\n[tracker]\n{}"
      "[agents.script]\nexecutor = \"studio\"\n[routing]\ndefault_agent = \"script\"\n"
      "[executors.studio]\nkind = \"t3\"\nurl = \"{}\"\ntoken_file = \"t3-token\"\n"
      "instance_id = \"codex\"\nmodel = \"gpt-5.6-sol\"\nworkspace_root = \"{}/work\"\nsandbox = \"none\"\n"
      "[lifecycle]\nturn_end_grace = \"0s\"\n"
      "[repositories.\"acme/app\"]\nclone_url = \"{}\"\n",
      story.tracker_lines(), t3_url, story.folder.path(), story.github.git_folder(home));
}

// One tick, with what it did to the issue as a line of the transcript.
std::string tick(const GithubStory& story, const std::string& command) {
  const auto told = story.afk({command, "--json"});
  INFO(told.errors.substr(0, 4000));
  REQUIRE(told.exit_code == 0);
  std::string text = "$ afk " + command + "\n";
  const Json report = Json::parse(told.output);
  for (const Json& issue : report.at("issues")) {
    const auto show = [&](const char* key) { return issue.at(key).is_null() ? "" : issue.at(key).get<std::string>(); };
    text += fmt::format("  {}: {}\n", show("issue"), command == "poll" ? show("verdict") : show("action"));
  }
  return text;
}

// The head of the run's branch at the forge; "" while it is not there.
std::string find_head(GithubStory& story) {
  for (const auto& [name, head] : github::Git(story.github.git_folder(home)).branches()) {
    if (name.starts_with("afk/")) {
      return head;
    }
  }
  return "";
}

} // namespace

TEST_CASE("a run on GitHub at a T3 Code server, a fix turn included", "[t3]") {
  const MachineClock clock;
  GithubStory story(clock);
  FakeT3 server(t3_setup(clock));
  const LoopbackServer loopback(serve_t3(server));
  story.github.create_repository(home);
  story.github.add_account("wanda");
  story.github.set_role(home, "wanda", "write");
  const IssueRef issue = story.github.create_issue(home, "Say hello", "Please say hello.", "wanda");
  story.put_private("t3-token", "claims.signature\n");
  story.put_private("afk.toml", configuration(story, loopback.url("")));
  std::filesystem::create_directories(story.folder.path() + "/work");
  static_cast<void>(story.afk({"doctor", "--fix"}));
  story.github.put_label(issue, "ready-for-agent", "wanda");

  std::string transcript = tick(story, "poll");
  REQUIRE(server.all_starts() == 1);
  std::string checked;
  for (int look = 0; look < 20 && transcript.find("end review") == std::string::npos; ++look) {
    const std::string seen = tick(story, "watch");
    transcript += seen;
    if (seen.find(": rerun") != std::string::npos) {
      story.github.add_check(home, checked, {.conclusion = "failure", .log = "expected two hellos\n"});
      transcript += "# the forge says: red again\n";
    }
    const std::string head = find_head(story);
    if (!head.empty() && head != checked) {
      const bool first = checked.empty();
      story.github.add_check(
          home, head, {.conclusion = first ? "failure" : "success", .log = first ? "expected two hellos\n" : ""});
      transcript += fmt::format("# the forge says: {}\n", first ? "red" : "green");
      checked = head;
    }
  }
  CHECK(transcript.find("end review") != std::string::npos);
  CHECK(server.all_starts() == 2);
  REQUIRE(server.threads().size() == 1);
  CHECK(server.is_archived(server.threads().front()));
  GoldenFolder("github").check("t3.txt", transcript);
}

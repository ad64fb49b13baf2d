// Whole runs on the fake GitHub by the real program and a scripted agent on this machine, as transcripts: what each
// tick did, and what the forge and its people did between them.
#include <e2e/github/github_story.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/golden.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <functional>

using namespace afk;
using namespace afk::test;
using Json = nlohmann::json;

namespace {

const RepositoryName home{.owner = "acme", .name = "app"};

// Adds a line in each turn, and brings two greetings together where it is asked to.
constexpr const char* agent_script = R"(#!/bin/sh
set -e
cat > /dev/null
export GIT_AUTHOR_DATE=2026-01-02T00:00:00Z GIT_COMMITTER_DATE=2026-01-02T00:00:00Z
if grep -q 'rebase turn' "$AFK_PROMPT_FILE"; then
  git merge --quiet origin/main > /dev/null || true
  printf 'hello\nworld\n' > greeting.txt
  git add --all
  git commit --quiet --message 'Keep both greetings'
else
  echo hello >> greeting.txt
  git add --all
  git commit --quiet --message 'Say hello'
fi
)";

class Run {
 public:
  explicit Run() {
    story.github.create_repository(home);
    story.github.add_account("wanda");
    story.github.set_role(home, "wanda", "write");
    issue = story.github.create_issue(home, "Say hello", "Please say hello.", "wanda");
    put_file(story.folder.path() + "/agent.sh", agent_script);
    std::filesystem::permissions(story.folder.path() + "/agent.sh", std::filesystem::perms::owner_all);
    main_before = head_of("main");
  }

  // What every configuration here ends with.
  [[nodiscard]] std::string machine_lines() {
    return fmt::format("[agents.script]\nargv = [\"{0}/agent.sh\"]\n[routing]\ndefault_agent = \"script\"\n"
                       "[executors.local]\nkind = \"process\"\nworkspace_root = \"work\"\nsandbox = \"none\"\n"
                       "[repositories.\"acme/app\"]\nclone_url = \"{1}\"\n",
                       story.folder.path(), story.github.git_folder(home));
  }

  void configure(const std::string& text) {
    story.put_private("afk.toml", text + machine_lines());
    static_cast<void>(story.afk({"doctor", "--fix"}));
    story.github.put_label(issue, "ready-for-agent", "wanda");
  }

  // One tick; answers what it did to the issue.
  std::string tick(const std::string& command) {
    const auto told = story.afk({command, "--json"});
    INFO(told.errors.substr(0, 4000));
    REQUIRE(told.exit_code == 0);
    story.wait_until_idle();
    std::string done;
    const Json report = Json::parse(told.output);
    transcript += "$ afk " + command + "\n";
    for (const Json& one : report.at("issues")) {
      const Json& said = one.at(command == "poll" ? "verdict" : "action");
      done = said.is_null() ? "" : said.get<std::string>();
      transcript += fmt::format("  {}: {}\n", one.at("issue").get<std::string>(), done);
    }
    return done;
  }

  // Looks until the run is over, and lets the forge answer after each look.
  void watch_until_over(const std::function<void(const std::string& done)>& answer) {
    for (int look = 0; look < 25 && has_label("agent-in-progress"); ++look) {
      const std::string done = tick("watch");
      if (has_label("agent-in-progress")) {
        answer(done);
      }
    }
    INFO(transcript);
    CHECK(!has_label("agent-in-progress"));
  }

  void say(const std::string& what) { transcript += "# " + what + "\n"; }

  void check(const std::string& head, const std::string& conclusion) {
    story.github.add_check(home, head,
                           {.conclusion = conclusion, .log = conclusion == "success" ? "" : "expected hello\n"});
    say("the forge says: " + conclusion);
  }

  // What was run again is over.
  void finish_rerun(const std::string& conclusion) {
    story.github.change([&](github::State& state) {
      for (github::CheckRun& run : github::find_repository(state, home.owner, home.name)->check_runs) {
        if (run.status != "completed") {
          run.status = "completed";
          run.conclusion = conclusion;
          run.started_at = run.completed_at = state.now;
        }
      }
    });
    say("the forge says, run again: " + conclusion);
  }

  void deploy(const std::string& state) {
    const auto id = story.github.add_deployment(home, head_of("main"), "production");
    story.github.add_deployment_status(home, id, state, "what the deployment says");
    say("the deployment of the base: " + state);
  }

  // Somebody puts the same file onto the base.
  void greet_the_world() {
    put_file(story.folder.path() + "/import",
             "commit refs/heads/main\ncommitter wanda <wanda@example.org> 1767225600 +0000\ndata 15\nGreet the "
             "world\nfrom " +
                 head_of("main") + "\nM 100644 inline greeting.txt\ndata 6\nworld\n");
    const std::string command = "git -C '" + story.github.git_folder(home) + "' fast-import --quiet --force < '" +
                                story.folder.path() + "/import'";
    REQUIRE(std::system(command.c_str()) == 0);
    say("somebody greets the world on the base");
  }

  [[nodiscard]] std::string head_of(const std::string& branch) {
    return github::Git(story.github.git_folder(home)).branch(branch).value_or("");
  }

  // The head of the run's branch at the forge; "" while it is not there.
  [[nodiscard]] std::string run_head() {
    for (const auto& [name, head] : github::Git(story.github.git_folder(home)).branches()) {
      if (name.starts_with("afk/")) {
        return head;
      }
    }
    return "";
  }

  [[nodiscard]] bool has_label(std::string_view label) {
    bool found = false;
    story.github.change([&](github::State& state) {
      github::Repository& repository = *github::find_repository(state, home.owner, home.name);
      for (const std::int64_t id : github::find_issue(state, repository, issue.number)->labels) {
        found = found || github::find_label_by_id(repository, id)->name == label;
      }
    });
    return found;
  }

  [[nodiscard]] bool is_open() {
    bool open = false;
    story.github.change([&](github::State& state) {
      open = github::find_issue(state, *github::find_repository(state, home.owner, home.name), issue.number)->open;
    });
    return open;
  }

  void check_transcript(const std::string& name) {
    say(fmt::format("the issue is {}", is_open() ? "open" : "closed"));
    GoldenFolder("github").check(name, transcript);
  }

  MachineClock clock;
  GithubStory story{clock};
  IssueRef issue = {};
  std::string main_before;
  std::string transcript;
};

std::string armed(const Run& run) {
  return "kill_switch = false\nallowlist = [\"acme/app\"]\n[tracker]\n" + run.story.tracker_lines();
}

} // namespace

TEST_CASE("a pull request is handed over for review, and its issue stays open") {
  Run run;
  run.configure(armed(run) + "[lifecycle]\nturn_end_grace = \"0s\"\n");
  CHECK(run.tick("poll") == "dispatched");
  std::string seen;
  run.watch_until_over([&](const std::string&) {
    if (const std::string head = run.run_head(); !head.empty() && head != seen) {
      seen = head;
      run.check(head, "success");
    }
  });
  CHECK(run.is_open());
  CHECK(run.has_label("ready-for-human"));
  run.check_transcript("hand-over.txt");
}

TEST_CASE("a pull request goes from ready to deployed by a fix turn, a flaky check and a conflict") {
  Run run;
  run.configure(armed(run) + "[lifecycle]\nturn_end_grace = \"0s\"\nauto_merge = true\nlast_stage = \"deployed\"\n"
                             "[deployment]\nkind = \"forge\"\nenvironment = \"production\"\n");
  CHECK(run.tick("poll") == "dispatched");
  std::string seen;
  int heads = 0;
  run.watch_until_over([&](const std::string& done) {
    if (const std::string head = run.run_head(); !head.empty() && head != seen) {
      seen = head;
      run.check(head, ++heads < 3 ? "failure" : "success");
    } else if (done == "rerun") {
      run.finish_rerun(heads == 1 ? "failure" : "success");
      if (heads == 2) {
        run.greet_the_world();
      }
    } else if (done == "merge") {
      run.deploy("success");
    }
  });
  CHECK(heads == 3);
  CHECK_FALSE(run.is_open());
  run.check_transcript("ready-to-deployed.txt");
}

TEST_CASE("config/trunk.toml goes to deployed by a fix-forward after a failed deployment") {
  Run run;
  std::string text = get_file(std::string(AFK_SOURCE_DIR) + "/config/trunk.toml");
  const auto replace = [&](const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
  };
  replace("kill_switch = true", "kill_switch = false");
  replace("allowlist = []", "allowlist = [\"acme/app\"]");
  replace("kind = \"github\"\n", "kind = \"github\"\nurl = \"" + run.story.github.url() + "\"\n");
  replace("\"github-token\"", "\"token\"");
  replace("[lifecycle]\n", "[lifecycle]\nturn_end_grace = \"0s\"\n");
  run.configure(text + "\n");
  CHECK(run.tick("poll") == "dispatched");
  std::string seen = run.main_before;
  int heads = 0;
  run.watch_until_over([&](const std::string&) {
    if (const std::string head = run.head_of("main"); head != seen) {
      seen = head;
      run.check(head, "success");
      run.deploy(++heads == 1 ? "failure" : "success");
    }
  });
  CHECK(heads == 2);
  CHECK_FALSE(run.is_open());
  run.check_transcript("trunk.txt");
}

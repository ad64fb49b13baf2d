// Ten agents at once: the caps hold, and a tick that has nothing to start costs next to nothing.
#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/sandbox_host.hpp>
#include <afk/adapter/spawn.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/git_repository.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::test {
namespace {

namespace fs = std::filesystem;

constexpr int issues = 12;
constexpr int cap = 10;
constexpr double most_milliseconds = 50; // user and system time of a tick itself

struct Ticked {
  int exit_code = 0;
  double own_milliseconds = 0;
  double children_milliseconds = 0;
};

class ManyAgents {
 public:
  ManyAgents() {
    fs::create_directories(root() + "/tmp");
    adapter::PosixCommands commands;
    is_sandboxed_ = adapter::probe_sandbox(commands, {}).ok();
    std::string configuration = render_configuration();
    for (int number = 1; number <= issues; ++number) {
      const std::string name = "app" + std::to_string(number);
      const GitRepository repository(root() + "/repositories/" + name);
      repository.commit("README", "first\n", "Begin");
      put_file(root() + "/tracker-issues/acme/" + name + "/1.md",
               "+++\ntitle = \"Say hello\"\nlabels = [\"ready-for-agent\"]\n+++\n\nPlease say hello.\n");
      configuration += "[repositories.\"acme/" + name + "\"]\nclone_url = \"repositories/" + name + "\"\n";
    }
    put_file(root() + "/afk.toml", configuration);
    fs::permissions(root() + "/afk.toml", fs::perms::owner_read | fs::perms::owner_write);
    // In the sandbox the clone is all that an agent can write, so each waits for a file of its own.
    put_file(root() + "/agent.sh", "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.1; done\nrm go\necho hello > greeting\n"
                                   "git add greeting && git commit -q -m 'Say hello'\n");
    fs::permissions(root() + "/agent.sh", fs::perms(0755));
    if (tick("init").exit_code != 0) {
      throw std::runtime_error(last_output());
    }
    fs::copy(root() + "/tracker-issues", root() + "/tracker", fs::copy_options::recursive);
  }

  [[nodiscard]] bool is_sandboxed() const { return is_sandboxed_; }

  Ticked tick(const std::string& command) {
    const adapter::UniqueFd output(open((root() + "/output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const auto child =
        adapter::spawn({.program = std::getenv("AFK_PROGRAM"),
                        .argv = {"afk", command, "--config", root() + "/afk.toml", "--log-level", "info"},
                        .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                                        {"HOME", root()},
                                        {"TMPDIR", root() + "/tmp"},
                                        {"LC_ALL", "C"}},
                        .working_folder = root(),
                        .standard_output = output.get(),
                        .standard_error = output.get()});
    if (!child) {
      throw std::runtime_error(child.error().message);
    }
    siginfo_t information{};
    waitid(P_PID, static_cast<id_t>(*child), &information, WEXITED | WNOWAIT);
    Ticked ticked;
    ticked.children_milliseconds = read_children_time(*child);
    int status = 0;
    rusage used{};
    wait4(*child, &status, 0, &used);
    const auto milliseconds = [](const timeval& time) {
      return 1000.0 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1000.0;
    };
    // What wait4 says is of the tick and its children together.
    ticked.own_milliseconds = milliseconds(used.ru_utime) + milliseconds(used.ru_stime) - ticked.children_milliseconds;
    ticked.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    return ticked;
  }

  [[nodiscard]] std::string last_output() const { return get_file(root() + "/output"); }

  // The clones in which an agent is at work.
  [[nodiscard]] std::vector<std::string> list_working() const {
    std::vector<std::string> clones;
    if (!fs::exists(root() + "/work/runs")) {
      return clones;
    }
    for (const auto& run : fs::directory_iterator(root() + "/work/runs")) {
      if (!fs::exists(run.path() / "turns")) {
        continue;
      }
      for (const auto& turn : fs::directory_iterator(run.path() / "turns")) {
        if (turn.path().filename().string().starts_with("first-") && fs::exists(turn.path() / "started") &&
            !fs::exists(turn.path() / "ended.json")) {
          clones.push_back((run.path() / "clone").string());
        }
      }
    }
    return clones;
  }

  static void release(const std::string& clone) { put_file(clone + "/go", ""); }

  [[nodiscard]] int count_landed() const {
    int landed = 0;
    for (int number = 1; number <= issues; ++number) {
      landed += fs::exists(root() + "/repositories/app" + std::to_string(number) + "/greeting") ? 1 : 0;
    }
    return landed;
  }

 private:
  [[nodiscard]] const std::string& root() const { return folder_.path(); }

  [[nodiscard]] std::string render_configuration() const {
    std::string text = "kill_switch = false\nallowlist = [";
    for (int number = 1; number <= issues; ++number) {
      text += "\"acme/app" + std::to_string(number) + "\", ";
    }
    return text +
           "]\n[tracker]\nkind = \"directory\"\nurl = \"tracker\"\n[trust]\nlabelers = [\"hand\"]\n"
           "[policy]\nmax_in_flight = " +
           std::to_string(cap) + "\n[agents.script]\nargv = [\"" + root() +
           "/agent.sh\"]\nmax_concurrent = 20\n[routing]\ndefault_agent = \"script\"\n"
           "[executors.local]\nkind = \"process\"\nworkspace_root = \"work\"\nsandbox = \"" +
           (is_sandboxed_ ? "bubblewrap" : "none") +
           "\"\n[lifecycle]\nturn_end_grace = \"0s\"\n[checks]\nmode = \"commands\"\ncommands = [\"test -f "
           "greeting\"]\n";
  }

  // Of a process that has ended and was not reaped: what those used that it has reaped itself.
  static double read_children_time(pid_t child) {
    std::istringstream fields(get_file("/proc/" + std::to_string(child) + "/stat"));
    std::vector<std::string> words;
    for (std::string word; fields >> word;) {
      words.push_back(word);
    }
    const double milliseconds = 1000.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
    return (std::stod(words.at(15)) + std::stod(words.at(16))) * milliseconds; // proc(5): cutime, cstime
  }

  TemporaryFolder folder_;
  bool is_sandboxed_ = false;
};

} // namespace

TEST_CASE("ten agents at once: the caps hold, and a tick that starts nothing is cheap", "[many]") {
  ManyAgents world;
  REQUIRE(world.tick("poll").exit_code == 0);
  INFO(world.last_output());
  REQUIRE(world.list_working().size() == cap);

  Ticked least{.own_milliseconds = 1e9};
  for (int round = 0; round < 5; ++round) {
    const Ticked ticked = world.tick("tick");
    CHECK(ticked.exit_code == 0);
    CHECK(world.list_working().size() == cap);
    if (ticked.own_milliseconds < least.own_milliseconds) {
      least = ticked;
    }
  }
  std::cout << "ten agents (" << (world.is_sandboxed() ? "bubblewrap" : "no sandbox here")
            << "): a tick that starts nothing uses " << least.own_milliseconds << " ms itself, its children "
            << least.children_milliseconds << " ms\n";
  CHECK(least.own_milliseconds < most_milliseconds);

  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  std::size_t most_at_once = 0;
  while (world.count_landed() < issues && std::chrono::steady_clock::now() < give_up) {
    for (const std::string& clone : world.list_working()) {
      ManyAgents::release(clone);
    }
    world.tick("tick");
    most_at_once = std::max(most_at_once, world.list_working().size());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  CHECK(world.count_landed() == issues);
  CHECK(most_at_once <= cap);
}

} // namespace afk::test

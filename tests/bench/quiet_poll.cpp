// How much a quiet poll costs beyond its floor: 1,000 open issues of which none is ready, gates open, every file
// parsed.
//
//   quiet_poll <afk program> <floor program> [<pairs of runs>]
//
// Runs the two in turn and prints user + sys time of each, and the ratio of the medians.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

constexpr int issue_count = 1000;

void put_file(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string render_issue(int number) {
  std::string text = "+++\ntitle = \"Issue number " + std::to_string(number) +
                     ": make the thing work better\"\nlabels = [\"bug\", \"area:core\"]\n+++\n\n";
  for (int line = 0; line < 20; ++line) {
    text += "Some text about what goes wrong, when it began and what should happen instead.\n";
  }
  return text;
}

void build_world(const fs::path& root) {
  fs::create_directories(root / "tracker/acme/app");
  for (int number = 1; number <= issue_count; ++number) {
    put_file(root / ("tracker/acme/app/" + std::to_string(number) + ".md"), render_issue(number));
  }
  put_file(root / "afk.toml", R"(kill_switch = false
allowlist = ["acme/app"]
[tracker]
kind = "directory"
url = "tracker"
[trust]
labelers = ["hand"]
[agents.script]
argv = ["/bin/true"]
[routing]
default_agent = "script"
[executors.local]
kind = "process"
workspace_root = "work"
sandbox = "none"
[checks]
mode = "commands"
commands = ["true"]
[repositories."acme/app"]
clone_url = "app"
)");
  fs::permissions(root / "afk.toml", fs::perms::owner_read | fs::perms::owner_write);
}

// User and system time of one run in milliseconds; negative when it failed.
double run_once(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = posix_spawn(&child, argv.front(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage usage{};
  if (failed != 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
    return -1;
  }
  const auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print_times(const char* name, const std::vector<double>& values) {
  const auto [least, most] = std::ranges::minmax(values);
  std::printf("%-12s min %6.1f ms  median %6.1f ms  max %6.1f ms\n", name, least, median(values), most);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: quiet_poll <afk program> <floor program> [<pairs of runs>]\n", stderr);
    return 2;
  }
  const int pairs = argc > 3 ? std::max(1, std::atoi(argv[3])) : 15;
  std::string pattern = (fs::temp_directory_path() / "afk-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return 1;
  }
  const fs::path root = pattern;
  build_world(root);
  const std::string configuration = (root / "afk.toml").string();
  const std::string issues = (root / "tracker/acme/app").string();
  int result = run_once({argv[1], "init", "--config", configuration}) < 0 ? 1 : 0;

  std::vector<double> polls;
  std::vector<double> floors;
  for (int pair = -1; result == 0 && pair < pairs; ++pair) { // the first pair warms the caches and does not count
    const double poll = run_once({argv[1], "poll", "--config", configuration});
    const double floor = run_once({argv[2], issues});
    result = poll < 0 || floor < 0 ? 1 : 0;
    if (pair >= 0) {
      polls.push_back(poll);
      floors.push_back(floor);
    }
  }
  fs::remove_all(root);
  if (result != 0) {
    std::fputs("a run failed\n", stderr);
    return result;
  }
  std::printf("quiet poll over %d issues, %d pairs of runs, user + sys\n", issue_count, pairs);
  print_times("afk poll", polls);
  print_times("floor", floors);
  std::printf("ratio of the medians: %.2f\n", median(polls) / median(floors));
  return 0;
}

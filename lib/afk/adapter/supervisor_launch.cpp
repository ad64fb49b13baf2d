#include <afk/adapter/supervisor_launch.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() && !text.empty();
}

void set_limit(__rlimit_resource resource, rlim_t value) {
  rlimit limit{};
  if (getrlimit(resource, &limit) == 0) {
    limit.rlim_max = std::min(limit.rlim_max, value);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
  }
}

// When memory runs out the agent goes before its supervisor, so that somebody is left to say so.
void go_first_when_memory_runs_out() {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    [[maybe_unused]] const ssize_t written = write(file, "500", 3);
    close(file);
  }
}

// Everything that it starts is in the group from then on.
bool join_cgroup(const std::string& processes_file) {
  if (processes_file.empty()) {
    return true;
  }
  const int file = open(processes_file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) {
    return false;
  }
  const bool has_joined = write(file, "0", 1) == 1;
  close(file);
  return has_joined;
}

} // namespace

std::vector<std::string> render_launch_arguments(const LaunchOrder& order) {
  std::vector<std::string> arguments{"--agent", fmt::to_string(order.supervisor), fmt::to_string(order.file_size_limit),
                                     order.cgroup_processes, "--"};
  arguments.insert(arguments.end(), order.argv.begin(), order.argv.end());
  return arguments;
}

int run_launch_command(std::span<const std::string> arguments) {
  pid_t supervisor = 0;
  std::int64_t file_size_limit = 0;
  if (arguments.size() < 6 || arguments[0] != "--agent" || !parse_number(arguments[1], supervisor) ||
      !parse_number(arguments[2], file_size_limit) || file_size_limit <= 0 || arguments[4] != "--") {
    complain_of_launch("supervise --agent is called by a supervisor alone");
    return launch_exit::not_launched;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) { // it died before the line above took effect
    complain_of_launch("the supervisor is gone");
    return launch_exit::not_launched;
  }
  if (!join_cgroup(arguments[3])) {
    complain_of_launch("the control group that keeps to the limits cannot be joined");
    return launch_exit::not_launched;
  }
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, static_cast<rlim_t>(file_size_limit));
  umask(022);
  go_first_when_memory_runs_out();
  return become(std::vector<std::string>(arguments.begin() + 5, arguments.end()));
}

void complain_of_launch(std::string_view message) {
  const std::string line = fmt::format("afk: {}\n", message);
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

int become(std::vector<std::string> argv) {
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (std::string& argument : argv) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  execv(pointers.front(), pointers.data());
  const int failure = errno;
  complain_of_launch(fmt::format("cannot start {}: {}", argv.front(), std::strerror(failure)));
  return failure == ENOENT ? launch_exit::not_found : launch_exit::not_executable;
}

} // namespace afk::adapter

#pragma once
// The last program before an agent: `afk supervise --agent …` sets up the process that it is and becomes the agent. It
// exists because posix_spawn can do none of this.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace afk::adapter {

struct LaunchOrder {
  pid_t supervisor = 0;              // it must still be the parent, or nothing is started
  std::int64_t file_size_limit = 0;  // bytes of one file
  std::string cgroup_processes = {}; // the file that takes it into its control group; "" = it has none
  std::vector<std::string> argv;     // argv[0] is a path
};

// The arguments behind "supervise".
[[nodiscard]] std::vector<std::string> render_launch_arguments(const LaunchOrder& order);

// Dies with its parent from here on: no core dumps, bounded files, first in line when memory runs out. Answers only
// when it could not become the agent: 126 or 127 as a shell would, 125 when the supervisor is gone or the arguments are
// wrong, the reason on standard error.
int run_launch_command(std::span<const std::string> arguments);

namespace launch_exit {
inline constexpr int not_launched = 125;
inline constexpr int not_executable = 126;
inline constexpr int not_found = 127;
} // namespace launch_exit

// One line on standard error, which is in the turn's log.
void complain_of_launch(std::string_view message);

// Becomes the program argv[0], which is a path. Answers only when it could not: 126 or 127.
int become(std::vector<std::string> argv);

} // namespace afk::adapter

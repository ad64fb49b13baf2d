#pragma once
// The last program before an agent: `afk supervise --agent …` sets up the process that it is and becomes the agent. It
// exists because posix_spawn can do none of this.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

namespace afk::adapter {

struct LaunchOrder {
  pid_t supervisor = 0;             // it must still be the parent, or nothing is started
  std::int64_t file_size_limit = 0; // bytes of one file
  std::vector<std::string> argv;    // argv[0] is a path
};

// The arguments behind "supervise".
[[nodiscard]] std::vector<std::string> render_launch_arguments(const LaunchOrder& order);

// Dies with its parent from here on: no core dumps, bounded files, first in line when memory runs out. Answers only
// when it could not become the agent: 126 or 127 as a shell would, 125 when the supervisor is gone or the arguments are
// wrong, the reason on standard error.
int run_launch_command(std::span<const std::string> arguments);

} // namespace afk::adapter

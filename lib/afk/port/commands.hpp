#pragma once
// Running another program to its end and reading what it said. Never through a shell.

#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace afk {

struct CommandLine {
  std::vector<std::string> argv;                                // argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>> environment; // the whole environment of the child
  std::string working_folder;                                   // "" = the caller's
  std::string standard_input;
  Duration timeout = std::chrono::seconds(60);
  std::size_t output_limit = 4 << 20; // bytes of each stream that are kept; the rest is read and dropped
};

struct CommandOutput {
  int exit_code = 0; // 128 + signal when a signal ended it
  std::string standard_output;
  std::string standard_error;
};

class Commands {
 public:
  virtual ~Commands() = default;

  // Fails with `not_found` (no such program), `io`, `unreachable` (timed out; the child's group was killed). A non-zero
  // exit code is an answer, not an error.
  virtual Result<CommandOutput> run(const CommandLine& command) = 0;
};

} // namespace afk

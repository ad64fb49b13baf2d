#pragma once
// Commands on this machine: posix_spawn, pipes and one poll loop.

#include <afk/port/commands.hpp>

namespace afk::adapter {

// The program is looked up in the PATH of the command's own environment, or in a standard one where that has none;
// relative entries of PATH do not count. What the program leaves running in its process group when it ends is killed.
class PosixCommands final : public Commands {
 public:
  Result<CommandOutput> run(const CommandLine& command) override;
};

} // namespace afk::adapter

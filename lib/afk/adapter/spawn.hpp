#pragma once
// Starting programs by posix_spawn: never fork, because the HTTP library has threads of its own, and never a shell.
//
// The new program starts with default signal dispositions, an empty signal mask and no descriptor above 2.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace afk::adapter {

using EnvironmentVariables = std::vector<std::pair<std::string, std::string>>;

struct SpawnRequest {
  std::string program; // a path: nothing is looked up
  std::vector<std::string> argv;
  EnvironmentVariables environment;
  std::string working_folder; // "" = the caller's
  // Descriptors of the caller, which keeps them; -1 = /dev/null.
  int standard_input = -1;
  int standard_output = -1;
  int standard_error = -1;
  enum class Group : std::uint8_t { of_caller, own_group, own_session } group = Group::own_group;
};

// The id of the child; the caller reaps it. Fails with `not_found` (no such program or working folder), `forbidden`
// (it may not be executed) and `io`.
Result<pid_t> spawn(const SpawnRequest& request);

// The path of an executable file: `name` itself where it holds a slash, else the first hit in `search_path`, which is
// written like PATH. Absent: there is none.
[[nodiscard]] std::optional<std::string> try_find_program(const std::string& name, std::string_view search_path);

// The value of one variable; absent where the list does not have it.
[[nodiscard]] std::optional<std::string> find_variable(const EnvironmentVariables& environment, std::string_view name);

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

// Both ends close-on-exec.
Result<Pipe> create_pipe();

// Reads and writes on it answer at once from now on.
Result<void> make_nonblocking(int descriptor);

} // namespace afk::adapter

#include <afk/adapter/spawn.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }

  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class SpawnAttributes {
 public:
  SpawnAttributes() { posix_spawnattr_init(&attributes_); }

  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }

  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

// A descriptor that no dup2 onto 0, 1 or 2 can overwrite before it is its turn.
Result<UniqueFd> lift_descriptor(int descriptor, int flags_of_null) {
  if (descriptor < 0) {
    UniqueFd null(open("/dev/null", flags_of_null | O_CLOEXEC));
    if (!null.valid()) {
      return describe_system_error("open", "/dev/null", errno);
    }
    descriptor = null.get();
    UniqueFd lifted(fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
    return lifted.valid() ? Result<UniqueFd>(std::move(lifted))
                          : Result<UniqueFd>(describe_system_error("duplicate", "/dev/null", errno));
  }
  UniqueFd lifted(fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
  if (!lifted.valid()) {
    return describe_system_error("duplicate", "a descriptor", errno);
  }
  return lifted;
}

Result<std::array<UniqueFd, 3>> lift_streams(const SpawnRequest& request) {
  std::array<UniqueFd, 3> streams;
  const std::array<std::pair<int, int>, 3> wanted{
      {{request.standard_input, O_RDONLY}, {request.standard_output, O_WRONLY}, {request.standard_error, O_WRONLY}}};
  for (std::size_t stream = 0; stream < streams.size(); ++stream) {
    auto lifted = lift_descriptor(wanted[stream].first, wanted[stream].second);
    if (!lifted) {
      return std::move(lifted).error();
    }
    streams[stream] = std::move(lifted).value();
  }
  return streams;
}

int fill_actions(FileActions& actions, const std::array<UniqueFd, 3>& streams, const std::string& working_folder) {
  for (int target = 0; target < 3; ++target) {
    const int source = streams[static_cast<std::size_t>(target)].get();
    if (const int failure = posix_spawn_file_actions_adddup2(actions.get(), source, target); failure != 0) {
      return failure;
    }
  }
  if (!working_folder.empty()) {
    if (const int failure = posix_spawn_file_actions_addchdir_np(actions.get(), working_folder.c_str()); failure != 0) {
      return failure;
    }
  }
  return posix_spawn_file_actions_addclosefrom_np(actions.get(), 3);
}

void fill_attributes(SpawnAttributes& attributes, SpawnRequest::Group group) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(attributes.get(), &none);
  posix_spawnattr_setsigdefault(attributes.get(), &all);
  int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (group == SpawnRequest::Group::own_group) {
    posix_spawnattr_setpgroup(attributes.get(), 0);
    flags |= POSIX_SPAWN_SETPGROUP;
  } else if (group == SpawnRequest::Group::own_session) {
    flags |= POSIX_SPAWN_SETSID;
  }
  posix_spawnattr_setflags(attributes.get(), static_cast<short>(flags));
}

// The C form of a list of strings, valid as long as the strings are.
std::vector<char*> derive_pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// posix_spawn answers the same number for a missing program and a missing working folder.
Error describe_spawn_failure(const SpawnRequest& request, int failure) {
  const std::string program = quote_for_display(request.program);
  struct stat status{};
  if (!request.working_folder.empty() && stat(request.working_folder.c_str(), &status) != 0) {
    return {.kind = ErrorKind::not_found,
            .message = fmt::format("cannot start {}: the working folder {} is not there", program,
                                   quote_for_display(request.working_folder))};
  }
  if (failure == ENOENT) {
    return {.kind = ErrorKind::not_found,
            .message =
                fmt::format("cannot start {}: there is no such program, or its interpreter is missing", program)};
  }
  return with_context("cannot start a program", describe_system_error("execute", request.program, failure));
}

} // namespace

Result<pid_t> spawn(const SpawnRequest& request) {
  auto streams = lift_streams(request);
  if (!streams) {
    return std::move(streams).error();
  }
  FileActions actions;
  if (const int failure = fill_actions(actions, *streams, request.working_folder); failure != 0) {
    return describe_system_error("prepare the start of", request.program, failure);
  }
  SpawnAttributes attributes;
  fill_attributes(attributes, request.group);

  std::vector<std::string> argv = request.argv;
  std::vector<std::string> variables;
  variables.reserve(request.environment.size());
  for (const auto& [name, value] : request.environment) {
    variables.push_back(name + "=" + value);
  }
  const std::vector<char*> argument_pointers = derive_pointers(argv);
  const std::vector<char*> variable_pointers = derive_pointers(variables);
  pid_t child = -1;
  const int failure = posix_spawn(&child, request.program.c_str(), actions.get(), attributes.get(),
                                  argument_pointers.data(), variable_pointers.data());
  if (failure != 0) {
    return describe_spawn_failure(request, failure);
  }
  return child;
}

std::optional<std::string> try_find_program(const std::string& name, std::string_view search_path) {
  const auto is_executable = [](const std::string& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) {
    return is_executable(name) ? std::optional(name) : std::nullopt;
  }
  while (!name.empty() && !search_path.empty()) {
    const std::size_t colon = search_path.find(':');
    const std::string_view folder = search_path.substr(0, colon);
    search_path = colon == std::string_view::npos ? std::string_view{} : search_path.substr(colon + 1);
    // An empty or relative entry would mean the working folder, which may be a hostile checkout.
    if (folder.empty() || folder.front() != '/') {
      continue;
    }
    std::string path = fmt::format("{}/{}", folder, name);
    if (is_executable(path)) {
      return path;
    }
  }
  return std::nullopt;
}

std::optional<std::string> find_variable(const EnvironmentVariables& environment, std::string_view name) {
  for (const auto& [variable, value] : environment) {
    if (variable == name) {
      return value;
    }
  }
  return std::nullopt;
}

Result<Pipe> create_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return describe_system_error("create", "a pipe", errno);
  }
  return Pipe{.read_end = UniqueFd(ends[0]), .write_end = UniqueFd(ends[1])};
}

Result<void> make_nonblocking(int descriptor) {
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) {
    return describe_system_error("set up", "a pipe", errno);
  }
  return {};
}

} // namespace afk::adapter

#include <afk/adapter/sandbox.hpp>

#include <fmt/format.h>

namespace afk::adapter {
namespace {

class Arguments {
 public:
  explicit Arguments(const std::string& program) : arguments_{program} {}

  template <typename... Text>
  void add(const Text&... texts) {
    (arguments_.emplace_back(texts), ...);
  }

  void add_all(std::span<const std::string> texts) { arguments_.insert(arguments_.end(), texts.begin(), texts.end()); }

  void bind(const char* option, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      add(option, path, path);
    }
  }

  void add_temporary(const std::string& path, std::int64_t bytes) {
    add("--size", fmt::to_string(bytes), "--tmpfs", path);
  }

  // Unlike --volume, this makes no folder of its own where the path is not there.
  void mount(const std::vector<std::string>& paths, const char* more) {
    for (const std::string& path : paths) {
      add("--mount", fmt::format("type=bind,source={0},target={0}{1}", path, more));
    }
  }

  std::vector<std::string> take() && { return std::move(arguments_); }

 private:
  std::vector<std::string> arguments_;
};

std::vector<std::string> derive_bubblewrap_argv(const SandboxView& view, std::span<const std::string> command) {
  Arguments arguments(view.program);
  arguments.add("--unshare-all");
  if (view.network == SandboxView::Network::of_host) {
    arguments.add("--share-net");
  }
  // The session of its own keeps it from typing into somebody's terminal.
  arguments.add("--die-with-parent", "--new-session", "--cap-drop", "ALL");
  arguments.bind("--ro-bind", view.host.folders_and_files);
  for (const auto& [path, target] : view.host.links) {
    arguments.add("--symlink", target, path);
  }
  // The /dev that it makes, and the shared memory in it, would take half of the machine's memory.
  arguments.add("--proc", "/proc", "--dev", "/dev");
  arguments.add_temporary("/dev/shm", view.temporary_bytes);
  arguments.add("--remount-ro", "/dev");
  // The empty folders first: what is shown may lie inside them.
  arguments.add_temporary("/tmp", view.temporary_bytes);
  if (!view.home.empty()) {
    arguments.add_temporary(view.home, view.temporary_bytes);
  }
  arguments.bind("--ro-bind", view.read_only);
  arguments.bind("--ro-bind-try", view.configuration);
  arguments.bind("--bind", view.writable);
  if (!view.proxy_socket.empty()) {
    arguments.add("--ro-bind", view.proxy_socket, sandbox_proxy_socket);
  }
  arguments.add("--remount-ro", "/", "--chdir", view.working_folder, "--");
  arguments.add_all(view.launcher);
  arguments.add_all(command);
  return std::move(arguments).take();
}

void add_limits(Arguments& arguments, const SandboxLimits& limits) {
  if (limits.memory_bytes) {
    const std::string bytes = fmt::format("{}b", *limits.memory_bytes);
    arguments.add("--memory", bytes, "--memory-swap", bytes); // the same value twice: no swap beside it
  }
  if (limits.processors) {
    arguments.add("--cpus", fmt::to_string(*limits.processors));
  }
  if (limits.processes) {
    arguments.add("--pids-limit", fmt::to_string(*limits.processes));
  }
}

// docs.docker.com/reference/cli/docker/container/run, docs.podman.io (podman-run): the options that both know.
std::vector<std::string> derive_container_argv(const SandboxView& view, std::span<const std::string> command) {
  Arguments arguments(view.program);
  arguments.add("run", "--rm", "--interactive", "--name", view.container, "--pull", "never");
  if (view.kind == SandboxKind::podman) {
    arguments.add("--userns", "keep-id"); // without root, what the agent writes is ours all the same
  } else {
    arguments.add("--init"); // the first process of a container hears no SIGTERM that it does not ask for
  }
  // Its output is in the turn's log already, which has a limit.
  arguments.add("--log-driver", "none", "--user", view.user, "--read-only", "--cap-drop", "ALL", "--security-opt",
                "no-new-privileges");
  if (view.network == SandboxView::Network::none) {
    arguments.add("--network", "none");
  }
  add_limits(arguments, view.limits);
  const std::string temporary = fmt::format("rw,nosuid,nodev,size={},mode=1777", view.temporary_bytes);
  arguments.add("--tmpfs", fmt::format("/tmp:{}", temporary));
  if (!view.home.empty()) {
    arguments.add("--tmpfs", fmt::format("{}:{}", view.home, temporary), "--env", fmt::format("HOME={}", view.home));
  }
  arguments.mount(view.read_only, ",readonly");
  arguments.mount(view.configuration, ",readonly");
  arguments.mount(view.writable, "");
  for (const std::string& name : view.variables) {
    arguments.add("--env", name);
  }
  arguments.add("--workdir", view.working_folder, "--entrypoint", command.front(), view.image);
  arguments.add_all(command.subspan(1));
  return std::move(arguments).take();
}

} // namespace

bool is_container(SandboxKind kind) {
  return kind == SandboxKind::docker || kind == SandboxKind::podman;
}

std::vector<std::string> derive_sandbox_argv(const SandboxView& view, std::span<const std::string> command) {
  return is_container(view.kind) ? derive_container_argv(view, command) : derive_bubblewrap_argv(view, command);
}

std::vector<std::string> derive_sandbox_removal(const SandboxView& view) {
  if (!is_container(view.kind)) {
    return {};
  }
  return {view.program, "rm", "--force", "--volumes", view.container};
}

std::optional<std::string> find_unfit_path(const SandboxView& view) {
  if (!is_container(view.kind)) {
    return std::nullopt;
  }
  const std::vector<std::string> folders{view.home, view.working_folder};
  for (const auto* paths : {&view.read_only, &view.configuration, &view.writable, &folders}) {
    for (const std::string& path : *paths) {
      if (path.find_first_of(",\":\n") != std::string::npos) { // they separate the parts of an option's value
        return path;
      }
    }
  }
  return std::nullopt;
}

} // namespace afk::adapter

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

  void bind(const char* option, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      add(option, path, path);
    }
  }

  void add_temporary(const std::string& path, std::int64_t bytes) {
    add("--size", fmt::to_string(bytes), "--tmpfs", path);
  }

  std::vector<std::string> take(std::span<const std::string> command) && {
    add("--");
    arguments_.insert(arguments_.end(), command.begin(), command.end());
    return std::move(arguments_);
  }

 private:
  std::vector<std::string> arguments_;
};

} // namespace

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
  arguments.add("--proc", "/proc", "--dev", "/dev");
  // The empty folders first: what is shown may lie inside them.
  arguments.add_temporary("/tmp", view.temporary_bytes);
  if (!view.home.empty()) {
    arguments.add_temporary(view.home, view.temporary_bytes);
  }
  arguments.bind("--ro-bind", view.read_only);
  arguments.bind("--ro-bind-try", view.read_only_if_there);
  arguments.bind("--bind", view.writable);
  arguments.add("--remount-ro", "/", "--chdir", view.working_folder);
  return std::move(arguments).take(command);
}

} // namespace afk::adapter

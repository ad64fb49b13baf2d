#pragma once
// The machine as a sandbox sees it, and whether it can have sandboxes at all.

#include <afk/adapter/sandbox.hpp>
#include <afk/core/result.hpp>
#include <afk/port/commands.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace afk::adapter {

// Where bwrap, docker and podman are looked for: not in anybody's PATH.
inline constexpr std::string_view sandbox_search_path = "/usr/local/bin:/usr/bin:/bin";

// What of this machine's root is shown: programs, libraries and the harmless part of /etc.
[[nodiscard]] SandboxHost read_sandbox_host();

// The path of the program that makes sandboxes of this kind, which is not `none`; absent where it is not installed.
[[nodiscard]] std::optional<std::string> find_sandbox_program(SandboxKind kind, std::string_view search_path);

struct SandboxProbe {
  SandboxKind kind = SandboxKind::bubblewrap;
  std::string search_path = std::string(sandbox_search_path);
  std::string image = {};                                            // of containers
  std::vector<std::pair<std::string, std::string>> environment = {}; // how an engine is reached
};

// Starts an empty sandbox (bubblewrap), or asks the engine for the image (docker, podman), to see whether it can be
// done. Fails with `configuration`, the message naming both cures: to make it work, or what else there is.
Result<void> probe_sandbox(Commands& commands, const SandboxProbe& probe);

} // namespace afk::adapter

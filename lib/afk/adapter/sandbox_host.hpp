#pragma once
// The machine as a sandbox sees it, and whether it can have sandboxes at all.

#include <afk/adapter/sandbox.hpp>
#include <afk/core/result.hpp>
#include <afk/port/commands.hpp>

#include <optional>
#include <string>

namespace afk::adapter {

// What of this machine's root is shown: programs, libraries and the harmless part of /etc.
[[nodiscard]] SandboxHost read_sandbox_host();

// Where bubblewrap is; looked up in the standard folders, not in anybody's PATH.
[[nodiscard]] std::optional<std::string> find_bubblewrap();

// Starts an empty sandbox to see whether it can be done. Fails with `configuration`, the message naming both cures: to
// make bubblewrap work, or to do without.
Result<void> probe_bubblewrap(Commands& commands);

} // namespace afk::adapter

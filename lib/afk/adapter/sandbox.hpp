#pragma once
// What an agent may see and write: the command line of bubblewrap around its own. Pure; sandbox_host.hpp looks at the
// machine.
//
// Inside there are the system's programs and libraries, the few files of /etc that programs need to find names, users,
// certificates and libraries, an empty home and /tmp that go with the process, and what the caller shows. Everything
// else is absent: the home folder's keys and tokens, afk's own configuration, other runs, other processes.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace afk::adapter {

// The host's root as far as it is shown.
struct SandboxHost {
  std::vector<std::pair<std::string, std::string>> links; // path and target, as /bin → usr/bin
  std::vector<std::string> folders_and_files;             // shown read-only at the same path
};

struct SandboxView {
  std::string program; // path of bwrap
  SandboxHost host;
  enum class Network : std::uint8_t { none, of_host } network = Network::of_host;
  std::string home;                   // shown empty; "" = there is none
  std::vector<std::string> read_only; // must be there
  std::vector<std::string> read_only_if_there;
  std::vector<std::string> writable; // must be there
  std::string working_folder;
  std::int64_t temporary_bytes = 0; // of home and /tmp each: they live in memory
};

[[nodiscard]] std::vector<std::string> derive_bubblewrap_argv(const SandboxView& view,
                                                              std::span<const std::string> command);

} // namespace afk::adapter

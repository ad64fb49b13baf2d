#pragma once
// What an agent may see and write: the command line of a sandbox around its own. Pure; sandbox_host.hpp looks at the
// machine.
//
// In bubblewrap there are the system's programs and libraries, the few files of /etc that programs need to find names,
// users, certificates and libraries, an empty home, /tmp and /dev/shm that go with the process, and what the caller
// shows. Everything else is absent: the home folder's keys and tokens, afk's own configuration, other runs, other
// processes. In a container the image stands for the system; what the caller shows is the same.

#include <afk/core/config.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace afk::adapter {

using SandboxKind = ProcessExecutorSettings::Sandbox;

// The host's root as far as it is shown.
struct SandboxHost {
  std::vector<std::pair<std::string, std::string>> links = {}; // path and target, as /bin → usr/bin
  std::vector<std::string> folders_and_files = {};             // shown read-only at the same path
};

// Nothing: no limit.
struct SandboxLimits {
  std::optional<std::int64_t> memory_bytes = {};
  std::optional<int> processors = {};
  std::optional<int> processes = {};

  friend bool operator==(const SandboxLimits&, const SandboxLimits&) = default;
};

struct SandboxView {
  SandboxKind kind = SandboxKind::bubblewrap; // never `none`
  std::string program = {};                   // path of bwrap, docker or podman
  enum class Network : std::uint8_t { none, of_host } network = Network::of_host;
  std::string home = {};                       // shown empty; "" = there is none
  std::vector<std::string> read_only = {};     // must be there
  std::vector<std::string> configuration = {}; // read-only as well; bubblewrap leaves out what is not there
  std::vector<std::string> writable = {};      // must be there
  std::string working_folder = {};
  std::int64_t temporary_bytes = 0; // of home, /tmp and bubblewrap's /dev/shm each: they live in memory

  // Of bubblewrap alone.
  SandboxHost host = {};
  std::string proxy_socket = {};          // shown as sandbox_proxy_socket; "" = there is none
  std::vector<std::string> launcher = {}; // stands before every command inside, as a program that sets limits

  // Of containers alone.
  std::string image = {};
  std::string container = {};              // its name
  std::string user = {};                   // "1000:1000"
  std::vector<std::string> variables = {}; // names: their values never stand in an argument
  SandboxLimits limits = {};
};

// Where a sandbox finds the way to its proxy.
inline constexpr const char* sandbox_proxy_socket = "/run/afk-proxy";

// Whether the sandbox is a container: then another program runs it, and it has to be removed when that one is killed.
[[nodiscard]] bool is_container(SandboxKind kind);

[[nodiscard]] std::vector<std::string> derive_sandbox_argv(const SandboxView& view,
                                                           std::span<const std::string> command);

// What makes sure that nothing of a container is left; empty for bubblewrap, whose processes end with it.
[[nodiscard]] std::vector<std::string> derive_sandbox_removal(const SandboxView& view);

// A path that the command line of a container cannot carry; absent where all can.
[[nodiscard]] std::optional<std::string> find_unfit_path(const SandboxView& view);

} // namespace afk::adapter

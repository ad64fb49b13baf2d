#include <afk/adapter/sandbox_host.hpp>

#include <afk/adapter/spawn.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace afk::adapter {
namespace {

constexpr std::string_view standard_folders = "/usr/local/bin:/usr/bin:/bin";

constexpr std::array root_entries{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store"};

// Nothing in here is a secret of the machine or of afk: no shadow, no private keys, no afk/.
constexpr std::array configuration_entries{"/etc/alternatives",
                                           "/etc/bash.bashrc",
                                           "/etc/ca-certificates",
                                           "/etc/ca-certificates.conf",
                                           "/etc/debian_version",
                                           "/etc/fonts",
                                           "/etc/gai.conf",
                                           "/etc/group",
                                           "/etc/host.conf",
                                           "/etc/hosts",
                                           "/etc/inputrc",
                                           "/etc/ld.so.cache",
                                           "/etc/ld.so.conf",
                                           "/etc/ld.so.conf.d",
                                           "/etc/locale.alias",
                                           "/etc/locale.conf",
                                           "/etc/localtime",
                                           "/etc/magic",
                                           "/etc/mime.types",
                                           "/etc/nsswitch.conf",
                                           "/etc/os-release",
                                           "/etc/passwd",
                                           "/etc/perl",
                                           "/etc/php",
                                           "/etc/pki/tls/certs",
                                           "/etc/profile",
                                           "/etc/profile.d",
                                           "/etc/protocols",
                                           "/etc/python3",
                                           "/etc/resolv.conf",
                                           "/etc/services",
                                           "/etc/shells",
                                           "/etc/ssl/certs",
                                           "/etc/ssl/openssl.cnf",
                                           "/etc/terminfo",
                                           "/etc/timezone"};

Error describe_missing_sandbox(std::string_view problem) {
  return {.kind = ErrorKind::configuration,
          .message = fmt::format("sandbox = \"bubblewrap\" does not work here: {}. Either make it work (install the "
                                 "package bubblewrap, allow user namespaces), or write sandbox = \"none\", which means "
                                 "that the agent may do whatever you may",
                                 problem)};
}

} // namespace

SandboxHost read_sandbox_host() {
  SandboxHost host;
  const auto add = [&](const char* path) {
    std::error_code failure;
    const auto status = std::filesystem::symlink_status(path, failure);
    if (failure || !std::filesystem::exists(status)) {
      return;
    }
    // A merged /usr makes /bin a link. Links of /etc are shown as what they lead to.
    const bool is_link = std::filesystem::is_symlink(status) && !std::string_view(path).starts_with("/etc/");
    if (is_link) {
      host.links.emplace_back(path, std::filesystem::read_symlink(path, failure).string());
    } else if (std::filesystem::exists(path, failure)) {
      host.folders_and_files.emplace_back(path);
    }
  };
  for (const char* path : root_entries) {
    add(path);
  }
  for (const char* path : configuration_entries) {
    add(path);
  }
  return host;
}

std::optional<std::string> find_bubblewrap() {
  return try_find_program("bwrap", standard_folders);
}

Result<void> probe_bubblewrap(Commands& commands) {
  const auto program = find_bubblewrap();
  if (!program) {
    return describe_missing_sandbox("there is no program bwrap");
  }
  const std::array<std::string, 1> nothing{"/usr/bin/true"};
  const SandboxView view{.program = *program,
                         .host = read_sandbox_host(),
                         .network = SandboxView::Network::none,
                         .home = "",
                         .read_only = {},
                         .read_only_if_there = {},
                         .writable = {},
                         .working_folder = "/",
                         .temporary_bytes = 1 << 20};
  const auto output = commands.run({.argv = derive_bubblewrap_argv(view, nothing),
                                    .environment = {{"PATH", "/usr/bin:/bin"}},
                                    .working_folder = "/",
                                    .standard_input = "",
                                    .timeout = std::chrono::seconds(10)});
  if (!output) {
    return describe_missing_sandbox(output.error().message);
  }
  if (output->exit_code != 0) {
    return describe_missing_sandbox(fmt::format("it says {}", quote_for_display(output->standard_error)));
  }
  return {};
}

} // namespace afk::adapter

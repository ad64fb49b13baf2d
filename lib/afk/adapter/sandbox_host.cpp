#include <afk/adapter/sandbox_host.hpp>

#include <afk/adapter/spawn.hpp>
#include <afk/core/text.hpp>
#include <afk/core/time.hpp>

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace afk::adapter {
namespace {

constexpr Duration probe_timeout = std::chrono::seconds(10);

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

Error describe_missing_engine(std::string_view engine, std::string_view problem) {
  return {.kind = ErrorKind::configuration,
          .message =
              fmt::format("sandbox = \"{0}\" does not work here: {1}. Either make it work (install {0}, let this "
                          "user use it, and have the image there: it is not pulled), or write sandbox = "
                          "\"bubblewrap\"",
                          engine, problem)};
}

std::string_view derive_program_name(SandboxKind kind) {
  switch (kind) {
  case SandboxKind::docker:
    return "docker";
  case SandboxKind::podman:
    return "podman";
  case SandboxKind::bubblewrap:
  case SandboxKind::none:
    break;
  }
  return "bwrap";
}

Result<void> probe_bubblewrap(Commands& commands, const std::string& program) {
  const std::array<std::string, 1> nothing{"/usr/bin/true"};
  const SandboxView view{.program = program,
                         .network = SandboxView::Network::none,
                         .working_folder = "/",
                         .temporary_bytes = 1 << 20,
                         .host = read_sandbox_host()};
  const auto output = commands.run({.argv = derive_sandbox_argv(view, nothing),
                                    .environment = {{"PATH", "/usr/bin:/bin"}},
                                    .working_folder = "/",
                                    .standard_input = "",
                                    .timeout = probe_timeout});
  if (!output) {
    return describe_missing_sandbox(output.error().message);
  }
  if (output->exit_code != 0) {
    return describe_missing_sandbox(fmt::format("it says {}", quote_for_display(output->standard_error)));
  }
  return {};
}

Result<void> probe_engine(Commands& commands, const SandboxProbe& probe, const std::string& program) {
  const std::string_view engine = derive_program_name(probe.kind);
  const auto output = commands.run({.argv = {program, "image", "inspect", "--format", "{{.Id}}", probe.image},
                                    .environment = probe.environment,
                                    .working_folder = "/",
                                    .standard_input = "",
                                    .timeout = probe_timeout});
  if (!output) {
    return describe_missing_engine(engine, output.error().message);
  }
  if (output->exit_code != 0) {
    return describe_missing_engine(engine, fmt::format("it says {}", quote_for_display(output->standard_error)));
  }
  return {};
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

std::optional<std::string> find_sandbox_program(SandboxKind kind, std::string_view search_path) {
  return try_find_program(std::string(derive_program_name(kind)), search_path);
}

Result<void> probe_sandbox(Commands& commands, const SandboxProbe& probe) {
  const auto program = find_sandbox_program(probe.kind, probe.search_path);
  const std::string missing = fmt::format("there is no program {}", derive_program_name(probe.kind));
  if (is_container(probe.kind)) {
    return program ? probe_engine(commands, probe, *program)
                   : Result<void>(describe_missing_engine(derive_program_name(probe.kind), missing));
  }
  return program ? probe_bubblewrap(commands, *program) : Result<void>(describe_missing_sandbox(missing));
}

} // namespace afk::adapter

#include <afk/adapter/sandbox.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace afk::adapter {
namespace {

SandboxView sample_view() {
  return {.program = "/usr/bin/bwrap",
          .network = SandboxView::Network::of_host,
          .home = "/home/ada",
          .read_only = {"/m/widget.git"},
          .configuration = {"/home/ada/.claude"},
          .writable = {"/r/clone", "/r/report"},
          .working_folder = "/r/clone",
          .temporary_bytes = 1000,
          .host = {.links = {{"/bin", "usr/bin"}}, .folders_and_files = {"/usr", "/etc/hosts"}}};
}

SandboxView sample_container(SandboxKind kind) {
  SandboxView view = sample_view();
  view.kind = kind;
  view.program = kind == SandboxKind::docker ? "/usr/bin/docker" : "/usr/bin/podman";
  view.image = "registry.example/agent:1";
  view.container = "afk-first-abcdefghijkl-0-0";
  view.user = "1000:1001";
  view.variables = {"ANTHROPIC_API_KEY", "AFK_RUN"};
  return view;
}

using Strings = std::vector<std::string>;

bool holds(const Strings& argv, const Strings& part) {
  return !std::ranges::search(argv, part).empty();
}

TEST_CASE("the command line of bubblewrap, whole") {
  const std::array<std::string, 2> command{"agent", "--flag"};
  CHECK(derive_sandbox_argv(sample_view(), command) == std::vector<std::string>{"/usr/bin/bwrap",
                                                                                "--unshare-all",
                                                                                "--share-net",
                                                                                "--die-with-parent",
                                                                                "--new-session",
                                                                                "--cap-drop",
                                                                                "ALL",
                                                                                "--ro-bind",
                                                                                "/usr",
                                                                                "/usr",
                                                                                "--ro-bind",
                                                                                "/etc/hosts",
                                                                                "/etc/hosts",
                                                                                "--symlink",
                                                                                "usr/bin",
                                                                                "/bin",
                                                                                "--proc",
                                                                                "/proc",
                                                                                "--dev",
                                                                                "/dev",
                                                                                "--size",
                                                                                "1000",
                                                                                "--tmpfs",
                                                                                "/dev/shm",
                                                                                "--remount-ro",
                                                                                "/dev",
                                                                                "--size",
                                                                                "1000",
                                                                                "--tmpfs",
                                                                                "/tmp",
                                                                                "--size",
                                                                                "1000",
                                                                                "--tmpfs",
                                                                                "/home/ada",
                                                                                "--ro-bind",
                                                                                "/m/widget.git",
                                                                                "/m/widget.git",
                                                                                "--ro-bind-try",
                                                                                "/home/ada/.claude",
                                                                                "/home/ada/.claude",
                                                                                "--bind",
                                                                                "/r/clone",
                                                                                "/r/clone",
                                                                                "--bind",
                                                                                "/r/report",
                                                                                "/r/report",
                                                                                "--remount-ro",
                                                                                "/",
                                                                                "--chdir",
                                                                                "/r/clone",
                                                                                "--",
                                                                                "agent",
                                                                                "--flag"});
}

TEST_CASE("without the network nothing of it is shared") {
  SandboxView view = sample_view();
  view.network = SandboxView::Network::none;
  const std::array<std::string, 1> command{"agent"};
  const auto argv = derive_sandbox_argv(view, command);
  CHECK(std::ranges::find(argv, "--share-net") == argv.end());
}

TEST_CASE("a command that looks like an option of bubblewrap is the command") {
  const std::array<std::string, 4> command{"--bind", "/", "/", "agent"};
  const auto argv = derive_sandbox_argv(sample_view(), command);
  const auto separator = std::ranges::find(argv, "--");
  REQUIRE(separator != argv.end());
  CHECK(std::vector<std::string>(separator + 1, argv.end()) ==
        std::vector<std::string>(command.begin(), command.end()));
}

TEST_CASE("there may be no home") {
  SandboxView view = sample_view();
  view.home = "";
  const std::array<std::string, 1> command{"agent"};
  const auto argv = derive_sandbox_argv(view, command);
  CHECK(std::ranges::count(argv, "--tmpfs") == 2); // /dev/shm and /tmp
}

TEST_CASE("a launcher stands before the command, and a proxy is shown as a socket") {
  SandboxView view = sample_view();
  view.launcher = {"/usr/bin/afk", "supervise", "--inside", "100", "proxy", "--"};
  view.proxy_socket = "/r/turns/t/proxy";
  const std::array<std::string, 2> command{"agent", "--flag"};
  const auto argv = derive_sandbox_argv(view, command);
  CHECK(holds(argv, {"--ro-bind", "/r/turns/t/proxy", "/run/afk-proxy"}));
  CHECK(holds(argv, {"--", "/usr/bin/afk", "supervise", "--inside", "100", "proxy", "--", "agent", "--flag"}));
}

TEST_CASE("the command line of docker, whole") {
  const std::array<std::string, 3> command{"claude", "-p", "--flag with a blank"};
  SandboxView view = sample_container(SandboxKind::docker);
  view.limits = {.memory_bytes = 1000000, .processors = 2, .processes = 300};
  view.network = SandboxView::Network::none;
  CHECK(derive_sandbox_argv(view, command) ==
        Strings{"/usr/bin/docker",
                "run",
                "--rm",
                "--interactive",
                "--name",
                "afk-first-abcdefghijkl-0-0",
                "--pull",
                "never",
                "--init",
                "--log-driver",
                "none",
                "--user",
                "1000:1001",
                "--read-only",
                "--cap-drop",
                "ALL",
                "--security-opt",
                "no-new-privileges",
                "--network",
                "none",
                "--memory",
                "1000000b",
                "--memory-swap",
                "1000000b",
                "--cpus",
                "2",
                "--pids-limit",
                "300",
                "--tmpfs",
                "/tmp:rw,nosuid,nodev,size=1000,mode=1777",
                "--tmpfs",
                "/home/ada:rw,nosuid,nodev,size=1000,mode=1777",
                "--env",
                "HOME=/home/ada",
                "--mount",
                "type=bind,source=/m/widget.git,target=/m/widget.git,readonly",
                "--mount",
                "type=bind,source=/home/ada/.claude,target=/home/ada/.claude,readonly",
                "--mount",
                "type=bind,source=/r/clone,target=/r/clone",
                "--mount",
                "type=bind,source=/r/report,target=/r/report",
                "--env",
                "ANTHROPIC_API_KEY",
                "--env",
                "AFK_RUN",
                "--workdir",
                "/r/clone",
                "--entrypoint",
                "claude",
                "registry.example/agent:1",
                "-p",
                "--flag with a blank"});
  CHECK(derive_sandbox_removal(view) ==
        Strings{"/usr/bin/docker", "rm", "--force", "--volumes", "afk-first-abcdefghijkl-0-0"});
}

TEST_CASE("podman differs in what it calls things, and has no limits that nobody asked for") {
  const std::array<std::string, 1> command{"claude"};
  const auto argv = derive_sandbox_argv(sample_container(SandboxKind::podman), command);
  CHECK(argv.front() == "/usr/bin/podman");
  CHECK(holds(argv, {"--userns", "keep-id"}));
  for (const char* absent : {"--init", "--network", "--memory", "--cpus", "--pids-limit", "--privileged"}) {
    INFO(absent);
    CHECK(std::ranges::find(argv, absent) == argv.end());
  }
  CHECK(argv.back() == "registry.example/agent:1");
}

TEST_CASE("no value of a variable stands in the arguments of a container") {
  const std::array<std::string, 1> command{"claude"};
  for (const SandboxKind kind : {SandboxKind::docker, SandboxKind::podman}) {
    for (const std::string& argument : derive_sandbox_argv(sample_container(kind), command)) {
      CHECK((argument.find('=') == std::string::npos || argument.starts_with("HOME=") ||
             argument.starts_with("type=bind,") || argument.find(":rw,") != std::string::npos));
    }
  }
}

TEST_CASE("a path that would be read as something else is found before it is used") {
  SandboxView view = sample_container(SandboxKind::docker);
  CHECK_FALSE(find_unfit_path(view).has_value());
  for (const char* path : {"/r/a,readonly=false", "/r/a:b", "/r/a\"b", "/r/a\nb"}) {
    INFO(path);
    view.writable = {"/r/clone", path};
    CHECK(find_unfit_path(view) == path);
    view.kind = SandboxKind::bubblewrap; // there each path is an argument of its own
    CHECK_FALSE(find_unfit_path(view).has_value());
    view.kind = SandboxKind::docker;
  }
}

TEST_CASE("bubblewrap has nothing to take away: its processes end with it") {
  CHECK(derive_sandbox_removal(sample_view()).empty());
}

} // namespace
} // namespace afk::adapter

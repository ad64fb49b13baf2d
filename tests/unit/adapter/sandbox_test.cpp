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
          .host = {.links = {{"/bin", "usr/bin"}}, .folders_and_files = {"/usr", "/etc/hosts"}},
          .network = SandboxView::Network::of_host,
          .home = "/home/ada",
          .read_only = {"/m/widget.git"},
          .read_only_if_there = {"/home/ada/.claude"},
          .writable = {"/r/clone", "/r/report"},
          .working_folder = "/r/clone",
          .temporary_bytes = 1000};
}

TEST_CASE("the command line of bubblewrap, whole") {
  const std::array<std::string, 2> command{"agent", "--flag"};
  CHECK(derive_bubblewrap_argv(sample_view(), command) == std::vector<std::string>{"/usr/bin/bwrap",
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
  const auto argv = derive_bubblewrap_argv(view, command);
  CHECK(std::ranges::find(argv, "--share-net") == argv.end());
}

TEST_CASE("a command that looks like an option of bubblewrap is the command") {
  const std::array<std::string, 4> command{"--bind", "/", "/", "agent"};
  const auto argv = derive_bubblewrap_argv(sample_view(), command);
  const auto separator = std::ranges::find(argv, "--");
  REQUIRE(separator != argv.end());
  CHECK(std::vector<std::string>(separator + 1, argv.end()) ==
        std::vector<std::string>(command.begin(), command.end()));
}

TEST_CASE("there may be no home") {
  SandboxView view = sample_view();
  view.home = "";
  const std::array<std::string, 1> command{"agent"};
  const auto argv = derive_bubblewrap_argv(view, command);
  CHECK(std::ranges::count(argv, "--tmpfs") == 1);
}

} // namespace
} // namespace afk::adapter

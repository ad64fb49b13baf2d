// What `afk doctor` says stands between an agent and this machine: of each executor, what holds and who keeps to it.
#include <e2e/support/world.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/sandbox_host.hpp>
#include <afk/adapter/supervisor_cgroup.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <string>

using namespace afk::test;

namespace {

struct Examined {
  TemporaryFolder folder;
  World world = World::create(folder / "world");

  std::string doctor(const std::string& sandbox) {
    std::string text = get_file(world.configuration());
    const std::string before = "sandbox = \"none\"";
    put_file(world.configuration(), text.replace(text.find(before), before.size(), sandbox));
    return world.afk({"doctor"}).output;
  }
};

void check_says(const std::string& output, const std::string& part) {
  INFO(output);
  CHECK(output.find(part) != std::string::npos);
}

} // namespace

TEST_CASE("doctor says that without a sandbox the agent is you", "[doctor]") {
  Examined examined;
  check_says(examined.doctor("sandbox = \"none\""), "the agent is you");
}

TEST_CASE("doctor says what bubblewrap shows, and who keeps the limits", "[doctor]") {
  afk::adapter::PosixCommands commands;
  if (const auto works = afk::adapter::probe_sandbox(commands, {}); !works) {
    skip(works.error().message);
    return;
  }
  Examined examined;
  const std::string output = examined.doctor("sandbox = \"bubblewrap\"\nnetwork = \"off\"");
  check_says(output,
             "bubblewrap works: an agent sees its clone, its report folder and what its table names, has no network");
  check_says(output, afk::adapter::find_delegated_cgroup({}) ? "kept by the kernel" : "by its supervisor");
}

TEST_CASE("doctor names both cures where there is no engine or no image", "[doctor]") {
  Examined examined;
  const std::string output = examined.doctor("sandbox = \"podman\"\nimage = \"no-such-registry.invalid/agent:1\"");
  check_says(output, "install podman");
  check_says(output, "write sandbox = \"bubblewrap\"");
}

TEST_CASE("doctor finds a limit that nobody here can keep to", "[doctor]") {
  if (afk::adapter::find_delegated_cgroup({})) {
    skip("a control group is delegated here");
    return;
  }
  Examined examined;
  check_says(examined.doctor("sandbox = \"none\"\ncpu_limit = 1"), "cpu_limit cannot be kept to");
}

// With a gate shut, afk poll touches no file of the tracker and opens no socket. The judge is the tracer, which sees
// every call by which a program opens, looks at or talks to something.

#include <e2e/support/world.hpp>
#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>
#include <support/tracer.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace {

using namespace afk::test;

Traced judge(const World& world, std::vector<std::string> argv) {
  TracedProgram program;
  program.argv = std::move(argv);
  program.environment = world.environment();
  program.working_folder = "/";
  program.output_file = world.root() + "/output.log";
  program.count = TracedProgram::Count::everything;
  return Tracer(std::move(program)).run();
}

std::vector<std::string> poll(const World& world) {
  return {std::getenv("AFK_PROGRAM"), "poll", "--config", world.configuration()};
}

// Paths below the tracker, as far as the program names them; whoever reads there opens its folder by name first.
std::size_t count_below(const Traced& traced, const std::string& folder) {
  return static_cast<std::size_t>(
      std::ranges::count_if(traced.calls, [&](const TracedCall& call) { return call.path.starts_with(folder); }));
}

std::size_t count_calls(const Traced& traced, const std::set<std::string>& names) {
  return static_cast<std::size_t>(
      std::ranges::count_if(traced.calls, [&](const TracedCall& call) { return names.contains(call.name); }));
}

const std::set<std::string> network{"socket", "connect", "send"};
const std::set<std::string> processes{"clone"};

void replace_in(const std::string& file, const std::string& from, const std::string& to) {
  std::string text = get_file(file);
  text.replace(text.find(from), from.size(), to);
  put_file(file, text);
}

} // namespace

TEST_CASE("a poll with a shut gate touches nothing of the tracker and opens no socket") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = World::create(folder / "world");
  SECTION("the kill switch is on") {
    replace_in(world.configuration(), "kill_switch = false", "kill_switch = true");
  }
  SECTION("the allowlist is empty") {
    replace_in(world.configuration(), R"(allowlist = ["acme/one", "acme/two", "acme/three"])", "allowlist = []");
  }
  SECTION("the kill switch's file says on") {
    put_file(world.root() + "/switch", "on\n");
    replace_in(world.configuration(), "kill_switch = false",
               "kill_switch = false\nkill_switch_file = \"" + world.root() + "/switch\"");
  }
  const Traced traced = judge(world, poll(world));
  INFO(get_file(world.root() + "/output.log"));
  CHECK(traced.exit_code == 0);
  CHECK(count_below(traced, world.root()) > 0); // the configuration
  CHECK(count_below(traced, world.tracker()) == 0);
  CHECK(count_below(traced, world.root() + "/work") == 0);
  CHECK(count_calls(traced, network) == 0);
  CHECK(count_calls(traced, processes) == 0);
}

TEST_CASE("the judge of quiet polls sees what an armed poll does, and who opens a socket") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = World::create(folder / "world");
  const Traced armed = judge(world, poll(world));
  CHECK(armed.exit_code == 0);
  CHECK(count_below(armed, world.tracker()) > 0);
  CHECK(count_below(armed, world.root() + "/work") > 0);
  CHECK(count_calls(armed, processes) > 0);
  // Port 9 of this machine: nobody has to be there for the attempt to be seen.
  const Traced talking = judge(world, {"/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"});
  CHECK(count_calls(talking, {"socket"}) > 0);
  CHECK(count_calls(talking, {"connect"}) > 0);
  const auto gate = world.open_gate();
  world.wait_until_idle();
}

// A tick that is asked to stop finishes its step and says what it did; a tick whose Git hangs leaves all the same.

#include <e2e/support/world.hpp>
#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>
#include <support/tracer.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace afk::test;

// A host that takes every connection and never says a word.
class SilentHost {
 public:
  SilentHost() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 8) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no socket");
    port_ = ntohs(address.sin_port);
  }

  SilentHost(const SilentHost&) = delete;
  SilentHost& operator=(const SilentHost&) = delete;

  ~SilentHost() { ::close(socket_); }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/one.git"; }

 private:
  int socket_;
  int port_ = 0;
};

TracedProgram traced_poll(const World& world) {
  TracedProgram program;
  program.argv = {std::getenv("AFK_PROGRAM"), "poll", "--json", "--config", world.configuration()};
  program.environment = world.environment();
  program.working_folder = world.root();
  program.output_file = world.root() + "/output.log";
  program.counts_from = world.tracker();
  return program;
}

std::size_t find_first_turn(const Traced& traced) {
  const auto place = std::ranges::find_if(
      traced.calls, [](const TracedCall& call) { return call.name == "rename" && call.path.starts_with("first-"); });
  if (place == traced.calls.end())
    throw std::runtime_error("no turn was started");
  return static_cast<std::size_t>(place - traced.calls.begin());
}

std::size_t count_runs(const World& world) {
  const std::string runs = world.root() + "/work/runs";
  return std::filesystem::exists(runs) ? names_in(runs).size() : 0;
}

} // namespace

TEST_CASE("a tick that is asked to stop finishes its step and leaves with its result") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = World::create(folder / "world");
  world.save(folder / "saved");
  const std::size_t call = find_first_turn(Tracer(traced_poll(world)).run());
  {
    const auto gate = world.open_gate();
    world.wait_until_idle();
  }
  world.restore(folder / "saved");

  Tracer tracer(traced_poll(world));
  const Traced stopped = tracer.run(Kill{call, Kill::Moment::before, SIGTERM});
  const std::string output = get_file(world.root() + "/output.log");
  INFO(output);
  REQUIRE(stopped.killed);
  CHECK(stopped.exit_code < 128);
  CHECK(output.starts_with("{\"schema\":\"afk.tick/1\""));
  CHECK(output.find("left for the next tick") != std::string::npos);
  CHECK(count_runs(world) == 1); // the step was finished, and no other was begun

  CHECK(world.afk({"tick"}).exit_code == 0);
  const auto gate = world.open_gate();
  world.wait_until_idle();
  CHECK(count_runs(world) == 3);
  for (const auto& [turn, starts] : world.starts())
    CHECK(starts == 1);
}

TEST_CASE("a tick ends by its deadline when a repository's host says nothing") {
  const TemporaryFolder folder(TemporaryFolder::Medium::memory);
  const World world = World::create(folder / "world");
  const SilentHost host;
  std::string text = get_file(world.configuration());
  const std::string before = "clone_url = \"repositories/one\"";
  text.replace(text.find(before), before.size(), "clone_url = \"" + host.url() + "\"");
  put_file(world.configuration(), text + "[limits]\ntick_deadline = \"6s\"\n");

  const auto begin = std::chrono::steady_clock::now();
  const ProgramOutcome outcome = world.afk({"poll", "--json"});
  const auto taken = std::chrono::steady_clock::now() - begin;
  INFO(outcome.output);
  // The deadline, and the five seconds after it that a step which ignores it may take before it is cut off.
  CHECK(taken < std::chrono::seconds(6 + 5 + 1));
  CHECK(taken > std::chrono::seconds(1)); // it did wait
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.output.find("acme/one#1") != std::string::npos);
  const auto gate = world.open_gate();
  world.wait_until_idle();
}

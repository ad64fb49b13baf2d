// What an agent is given by name, and what it reaches without a network.

#include <contract/executor/process_world.hpp>

#include <afk/adapter/relay.hpp>
#include <afk/adapter/sandbox_host.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace afk::test {
namespace {

using Sandbox = ProcessExecutorSettings::Sandbox;

bool can_sandbox() {
  adapter::PosixCommands commands;
  const auto works = adapter::probe_sandbox(commands, {});
  if (!works) {
    skip(works.error().message);
  }
  return works.ok();
}

TEST_CASE("an agent starts only where its credentials are, and the message names what is missing") {
  ProcessWorld world;
  const auto start = [&](std::vector<std::string> variables, std::vector<std::string> files) {
    auto& agent = world.setup().agents.at("scripted");
    agent.credential_variables = std::move(variables);
    agent.credential_files = std::move(files);
    world.use(world.make_other_tick());
    return world.executor().start(world.make_order(1, TurnKind::first));
  };
  const auto no_variable = start({"TRACKER_TOKEN", "ABSENT_KEY"}, {});
  REQUIRE_FALSE(no_variable.ok());
  CHECK(no_variable.error().kind == ErrorKind::configuration);
  CHECK(no_variable.error().message.find("ABSENT_KEY") != std::string::npos);
  CHECK(no_variable.error().message.find("not for the agent") == std::string::npos);
  const auto no_file = start({}, {world.folder() + "/home/absent"});
  REQUIRE_FALSE(no_file.ok());
  CHECK(no_file.error().message.find("/home/absent") != std::string::npos);
  CHECK_FALSE(is_known(world.executor(), attempt_of(world.make_order(1, TurnKind::first))));
}

TEST_CASE("in the sandbox there are the chosen agent's credentials and configuration, read-only, and nobody else's") {
  if (!can_sandbox()) {
    return;
  }
  ProcessWorld world(Sandbox::bubblewrap);
  for (const char* name : {"mine", "theirs"}) {
    put_file(world.folder() + "/home/" + name, fmt::format("{} is here\n", name));
  }
  std::filesystem::create_directories(world.folder() + "/home/.config-of-mine");
  auto& agent = world.setup().agents.at("scripted");
  agent.credential_files = {world.folder() + "/home/mine"};
  agent.read_only_paths.push_back(world.folder() + "/home/.config-of-mine");
  agent.read_only_paths.push_back(world.folder() + "/home/.not-there");
  auto other = agent;
  other.credential_files = {world.folder() + "/home/theirs"};
  world.setup().agents.emplace("other", other);
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "cd ~; cat mine theirs; echo x >> mine && echo changed; ls -a\n"
                                 "touch .config-of-mine/x && echo changed");
  start_well(world.executor(), order);
  const std::string said = await_end(world.executor(), order).output_excerpt;
  INFO(said);
  CHECK(said.find("mine is here") != std::string::npos);
  CHECK(said.find("theirs is here") == std::string::npos);
  CHECK(said.find("\nchanged") == std::string::npos);
  CHECK(said.find(".config-of-mine") != std::string::npos);
  CHECK(said.find(".not-there") == std::string::npos);
}

// A proxy that answers every connection with one line.
class Proxy {
 public:
  Proxy() : thread_([this] { serve(); }) {}

  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  ~Proxy() {
    is_over_ = true;
    thread_.join();
  }

  [[nodiscard]] int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

 private:
  void serve() {
    while (!is_over_) {
      pollfd watched{.fd = listener_.get(), .events = POLLIN, .revents = 0};
      poll(&watched, 1, 20);
      const adapter::UniqueFd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection.valid()) {
        continue;
      }
      char heard[256] = {};
      const ssize_t count = read(connection.get(), heard, sizeof heard - 1);
      const std::string answer =
          fmt::format("the proxy heard: {}", std::string_view(heard, count > 0 ? static_cast<std::size_t>(count) : 0));
      [[maybe_unused]] const ssize_t written = write(connection.get(), answer.data(), answer.size());
    }
  }

  adapter::UniqueFd listener_ = adapter::listen_on_loopback(0).value();
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

TEST_CASE("with a proxy an agent reaches the proxy, and nothing else of this machine") {
  if (!can_sandbox()) {
    return;
  }
  const Proxy proxy;
  const Proxy elsewhere;
  ProcessWorld world(Sandbox::bubblewrap);
  world.setup().settings.network = ProcessExecutorSettings::Network::proxy;
  world.setup().settings.proxy = fmt::format("127.0.0.1:{}", proxy.port());
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, fmt::format("echo \"$HTTPS_PROXY $no_proxy\"\n"
                                             "bash -c 'exec 3<>/dev/tcp/127.0.0.1/3128 && echo hello >&3 && cat <&3'\n"
                                             "for port in {} {}; do bash -c \"exec 3<>/dev/tcp/127.0.0.1/$port && echo "
                                             "got out\"; done\nexit 0",
                                             proxy.port(), elsewhere.port()));
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  INFO(view.output_excerpt);
  CHECK(view.outcome == TurnOutcome::succeeded);
  CHECK(view.output_excerpt.find("http://127.0.0.1:3128 localhost,127.0.0.1,::1\n") != std::string::npos);
  CHECK(view.output_excerpt.find("the proxy heard: hello\n") != std::string::npos);
  CHECK(view.output_excerpt.find("got out\n") == std::string::npos);
}

TEST_CASE("a proxy that cannot be found fails the turn and says so") {
  if (!can_sandbox()) {
    return;
  }
  ProcessWorld world(Sandbox::bubblewrap);
  world.setup().settings.network = ProcessExecutorSettings::Network::proxy;
  world.setup().settings.proxy = "no-such-host.invalid:3128";
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK(view.output_excerpt.find("no-such-host.invalid") != std::string::npos);
  CHECK(world.count_agent_starts(order) == 0);
}

TEST_CASE("what goes over its limits is stopped at once, sandbox or not") {
  struct Case {
    const char* name;
    const char* script;
    const char* reason;
  };

  const auto row = GENERATE(
      values<Case>({{"memory", "perl -e '$x = \"a\" x 200000000; sleep 100'", "bytes of memory"},
                    {"processes", "i=0; while [ $i -lt 40 ]; do sleep 100 & i=$((i+1)); done; wait", "processes"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    world.setup().settings.memory_limit = ByteCount{50'000'000};
    world.setup().settings.process_limit = 20;
    world.use(world.make_other_tick());
    const Order order = world.make_order(1, TurnKind::first);
    world.script_agent(order.turn, row.script);
    start_well(world.executor(), order);
    const TurnView view = await_end(world.executor(), order);
    INFO(view.output_excerpt);
    CHECK(view.outcome == TurnOutcome::failed);
    CHECK(view.output_excerpt.find("afk: stopped because") != std::string::npos);
    CHECK(view.output_excerpt.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("a limit of processors that nobody can keep to is refused, with what would help") {
  ProcessWorld world;
  world.setup().settings.cpu_limit = 1;
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  const auto started = world.executor().start(order);
  if (started.ok()) {
    await_end(world.executor(), order);
    skip("a control group is delegated here, which keeps to it");
    return;
  }
  CHECK(started.error().kind == ErrorKind::configuration);
  CHECK(started.error().message.find("Delegate=yes") != std::string::npos);
}

} // namespace
} // namespace afk::test

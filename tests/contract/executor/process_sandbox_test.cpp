// Bubblewrap for real. Each attempt to get out is made with and without it: what does not succeed without the sandbox
// would prove nothing.

#include <algorithm>
#include <contract/executor/process_world.hpp>

#include <afk/adapter/sandbox_host.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

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

// What an agent tries. It has succeeded when its output, or the file that it writes, holds the word REACHED.
struct Attempt {
  const char* name;
  const char* script;
  const char* writes; // "" = its output tells
};

// Names of the world in a script: {world}, {turn}, {attempt}, {mirror}, {tick} (a process of afk).
std::string fill_in(const ProcessWorld& world, const Order& order, std::string text) {
  const std::vector<std::pair<std::string, std::string>> values{
      {"{world}", world.folder()},
      {"{turn}", world.turn_path(order)},
      {"{attempt}", world.attempt_path(order)},
      {"{mirror}", world.layout().mirror(order.issue.repository).string()},
      {"{tick}", fmt::to_string(getpid())}};
  for (const auto& [name, value] : values) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

struct Escape {
  bool reached = false;
  std::string output;
};

Escape try_escape(Sandbox sandbox, const Attempt& attempt) {
  ProcessWorld world(sandbox);
  const Order order = world.make_order(1, TurnKind::first);
  put_file(world.folder() + "/home/secret", "REACHED\n");
  put_file(world.folder() + "/workspace/runs/another-run/secret", "REACHED\n");
  world.script_agent(order.turn, fill_in(world, order, attempt.script));
  start_well(world.executor(), order);
  Escape escape;
  escape.output = await_end(world.executor(), order).output_excerpt;
  const std::string path = fill_in(world, order, attempt.writes);
  const std::string found = path.empty() ? escape.output : std::filesystem::exists(path) ? get_file(path) : "";
  escape.reached = found.find("REACHED") != std::string::npos;
  return escape;
}

TEST_CASE("an agent works inside the sandbox as it does outside") {
  if (!can_sandbox()) {
    return;
  }
  for (const Sandbox sandbox : {Sandbox::none, Sandbox::bubblewrap}) {
    ProcessWorld world(sandbox);
    Order order = world.make_order(1, TurnKind::first);
    order.prompt = "prompt 4711\n";
    world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released,
                                  .commits = "work.txt",
                                  .reports = R"({"result": "done"})",
                                  .shows = AgentPlan::Shows::what_it_got});
    start_well(world.executor(), order);
    world.release(order);
    const TurnView view = await_end(world.executor(), order);
    INFO(view.output_excerpt);
    CHECK(view.outcome == TurnOutcome::succeeded);
    CHECK(view.head_after != view.head_before);
    CHECK(view.report.has_value());
    CHECK(view.output_excerpt.find("prompt 4711") != std::string::npos);
    CHECK(view.output_excerpt.find("The issue.") != std::string::npos);

    world.origin().commit("new.txt", "on the base\n");
    const Order rebase = world.make_order(1, TurnKind::rebase);
    world.script_agent(rebase.turn, "git cat-file -e origin/main:new.txt && git merge -q -m merge origin/main");
    start_well(world.executor(), rebase);
    CHECK(await_end(world.executor(), rebase).outcome == TurnOutcome::succeeded);

    Order verify = world.make_order(1, TurnKind::verify);
    verify.verify_head = world.make_head_with("verified.txt");
    verify.verify_commands = {"test -f verified.txt", "git log --oneline > log && touch built", "exit 5"};
    start_well(world.executor(), verify);
    const TurnView verified = await_end(world.executor(), verify);
    INFO(verified.output_excerpt);
    CHECK(verified.outcome == TurnOutcome::failed);
    CHECK(verified.output_excerpt.find("$ exit 5\n") != std::string::npos);
  }
}

TEST_CASE("what an agent must not reach is out of its reach in the sandbox, and only there") {
  if (!can_sandbox()) {
    return;
  }

  const auto row = GENERATE(
      values<Attempt>({{"read the home folder", "cat {world}/home/secret", ""},
                       {"write into the home folder", "echo REACHED > {world}/home/planted", "{world}/home/planted"},
                       {"read another run", "cat {world}/workspace/runs/another-run/secret", ""},
                       {"write into another run", "echo REACHED > {world}/workspace/runs/another-run/planted",
                        "{world}/workspace/runs/another-run/planted"},
                       {"claim an end by itself", "echo REACHED > {turn}/planted", "{turn}/planted"},
                       {"change its prompt", "echo REACHED > $AFK_PROMPT_FILE", "{turn}/files/prompt.md"},
                       {"write into the mirror", "echo REACHED > {mirror}/objects/planted", "{mirror}/objects/planted"},
                       {"write next to the clone", "echo REACHED > ../planted", "{attempt}/planted"},
                       {"read what is not for it in /etc", "test -e /etc/shadow && echo REACHED", ""},
                       {"see other processes", "test -e /proc/{tick}/status && echo REACHED", ""},
                       {"signal other processes", "kill -0 {tick} && echo REACHED", ""},
                       {"write into /usr", "touch /usr/afk-planted && rm /usr/afk-planted && echo REACHED", ""},
                       {"write into /var", "touch /var/afk-planted && rm /var/afk-planted && echo REACHED", ""},
                       {"make a device", "mknod disk b 254 0 && echo REACHED", ""}}));
  DYNAMIC_SECTION(row.name) {
    const Escape outside = try_escape(Sandbox::none, row);
    const Escape inside = try_escape(Sandbox::bubblewrap, row);
    INFO("outside: " << outside.output << "\ninside: " << inside.output);
    CHECK_FALSE(inside.reached);
    if (!outside.reached) {
      skip("without the sandbox it does not succeed either, as this user on this machine");
    }
  }
}

TEST_CASE("an agent in the sandbox hears SIGTERM before it is killed, and leaves nothing behind") {
  if (!can_sandbox()) {
    return;
  }
  ProcessWorld world(Sandbox::bubblewrap);
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "trap 'echo farewell; exit 7' TERM; (setsid sleep 1000 &) ; echo ready;\n"
                                 "while :; do sleep 0.05; done");
  start_well(world.executor(), order);
  await("the agent", [&] { return world.log_of(order).find("ready\n") != std::string::npos; });
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::interrupted);
  CHECK(view.output_excerpt.find("farewell\n") != std::string::npos);
  // The supervisor is gone a moment after it has said that the turn is over. Other worlds know the same turn.
  await("every process of the turn to be gone", [&] {
    return std::ranges::none_of(adapter::list_processes(), [&](const auto& process) {
      return adapter::try_read_variable(process.id, "AFK_TURN") == order.turn.text &&
             adapter::try_read_variable(process.id, "HOME") == world.folder() + "/home";
    });
  });
}

TEST_CASE("an agent in the sandbox dies with its supervisor") {
  if (!can_sandbox()) {
    return;
  }
  ProcessWorld world(Sandbox::bubblewrap);
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "(setsid sleep 1000 &) ; echo ready; sleep 1000");
  start_well(world.executor(), order);
  await("the agent", [&] { return world.log_of(order).find("ready\n") != std::string::npos; });
  world.make_vanish(order);
  await_state(world.executor(), order, TurnState::vanished); // nothing of it is left
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
}

TEST_CASE("the network is there or not, as it is set") {
  using Network = ProcessExecutorSettings::Network;
  if (!can_sandbox()) {
    return;
  }
  for (const Network network : {Network::off, Network::on}) {
    ProcessWorld world(Sandbox::bubblewrap);
    world.setup().settings.network = network;
    world.use(world.make_other_tick());
    const Order order = world.make_order(1, TurnKind::first);
    world.script_agent(order.turn, "readlink /proc/self/ns/net");
    start_well(world.executor(), order);
    const TurnView view = await_end(world.executor(), order);
    const std::string ours = std::filesystem::read_symlink("/proc/self/ns/net").string();
    const bool is_shared = view.output_excerpt.find(ours) != std::string::npos;
    CHECK(is_shared == (network == Network::on));
  }
}

} // namespace
} // namespace afk::test

// Containers without an engine: a program stands for docker and podman that writes down how it was called and runs the
// command in a plain folder, with the variables that a container would have. So the whole path is tried but the
// engine's own walls.

#include <contract/executor/process_world.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace afk::test {
namespace {

using Sandbox = ProcessExecutorSettings::Sandbox;

constexpr const char* engine_script = R"(#!/bin/sh
here=$(dirname "$0")
{ for argument; do printf '%s\n' "$argument"; done; echo '--- end of a call'; } >> "$here/calls"
case "$1" in
image) for image; do :; done; test "$image" = agent:1 || { echo "no such image: $image" >&2; exit 1; }; exit 0 ;;
rm) exit 0 ;;
esac
shift
set_variables=
while [ $# -gt 0 ]; do
  case "$1" in
  --rm|--interactive|--init|--read-only) shift; continue ;;
  --env)
    case "$2" in
    *=*) set_variables="$set_variables $2" ;;
    *) eval "test \"\${$2+set}\"" && eval "set_variables=\"\$set_variables $2=\$(printf %s \"\$$2\" | tr ' ' _)\"" ;;
    esac ;;
  --workdir) cd "$2" || exit 125 ;;
  --entrypoint) program=$2 ;;
  --*) ;;
  *) break ;;
  esac
  shift 2
done
shift
exec env -i PATH=/usr/local/bin:/usr/bin:/bin $set_variables "$program" "$@"
)";

std::string put_engine(ProcessWorld& world, Sandbox kind) {
  const std::string folder = world.folder() + "/engine";
  std::filesystem::create_directories(folder);
  const std::string program = folder + (kind == Sandbox::docker ? "/docker" : "/podman");
  put_file(program, engine_script);
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  world.setup().sandbox_search_path = folder;
  world.setup().settings.image = "agent:1";
  world.setup().environment.emplace_back("DOCKER_HOST", "unix:///nowhere");
  world.use(world.make_other_tick());
  return folder;
}

using Call = std::vector<std::string>;

std::vector<Call> read_calls(const std::string& folder) {
  std::vector<Call> calls(1);
  std::istringstream lines(get_file(folder + "/calls"));
  for (std::string line; std::getline(lines, line);) {
    if (line == "--- end of a call") {
      calls.emplace_back();
    } else {
      calls.back().push_back(line);
    }
  }
  calls.pop_back();
  return calls;
}

bool holds(const Call& call, const Call& part) {
  return !std::ranges::search(call, part).empty();
}

TEST_CASE("an agent works in a container as it does outside, and the container is taken away") {
  for (const Sandbox kind : {Sandbox::docker, Sandbox::podman}) {
    ProcessWorld world(kind);
    const std::string folder = put_engine(world, kind);
    const Order order = world.make_order(1, TurnKind::first);
    world.script_agent(order.turn, "echo work > work.txt && git add work.txt && git -c user.name=a -c user.email=b "
                                   "commit -q -m work\nprintf '{\"result\": \"done\"}' > \"$AFK_REPORT\"\n"
                                   "env; cat");
    start_well(world.executor(), order);
    const TurnView view = await_end(world.executor(), order);
    INFO(view.output_excerpt);
    CHECK(view.outcome == TurnOutcome::succeeded);
    CHECK(view.head_after != view.head_before);
    CHECK(view.report.has_value());
    CHECK(view.output_excerpt.find("The prompt.") != std::string::npos);
    CHECK(view.output_excerpt.find("SCRIPTED_KEY=for_the_agent") != std::string::npos);
    CHECK(view.output_excerpt.find("DOCKER_HOST") == std::string::npos);
    CHECK(view.output_excerpt.find("TRACKER_TOKEN") == std::string::npos);

    const auto calls = read_calls(folder);
    REQUIRE(calls.size() == 3);
    CHECK(holds(calls[0], {"image", "inspect"}));
    const std::string name = "afk-" + order.turn.text + "-0";
    CHECK(holds(calls[1], {"run", "--rm", "--interactive", "--name", name}));
    CHECK(holds(calls[1], {"--env", "SCRIPTED_KEY"}));
    CHECK(holds(calls[1], {"--pids-limit", "4096"}));
    CHECK(holds(calls[1], {"--memory", "8589934592b"}));
    CHECK(calls[2] == Call{"rm", "--force", "--volumes", name});
    for (const std::string& argument : calls[1]) {
      CHECK(argument.find("for the agent") == std::string::npos);
      CHECK(argument.find("not for the agent") == std::string::npos);
    }
  }
}

TEST_CASE("checks run in a container too, each in one of its own") {
  ProcessWorld world(Sandbox::docker);
  const std::string folder = put_engine(world, Sandbox::docker);
  Order verify = world.make_order(1, TurnKind::verify);
  verify.verify_head = world.make_head_with("verified.txt");
  verify.verify_commands = {"test -f verified.txt", "exit 5"};
  start_well(world.executor(), verify);
  CHECK(await_end(world.executor(), verify).outcome == TurnOutcome::failed);
  const auto calls = read_calls(folder);
  REQUIRE(calls.size() == 5);
  CHECK(holds(calls[1], {"--entrypoint", "/bin/sh", "agent:1", "-c", "test -f verified.txt"}));
  CHECK(holds(calls[3], {"--entrypoint", "/bin/sh", "agent:1", "-c", "exit 5"}));
  CHECK(calls[2].back() == "afk-" + verify.turn.text + "-0");
  CHECK(calls[4].back() == "afk-" + verify.turn.text + "-1");
}

TEST_CASE("an agent in a container hears SIGTERM, and its container goes even when it is deaf") {
  ProcessWorld world(Sandbox::docker);
  world.setup().stop_grace = std::chrono::milliseconds(300);
  const std::string folder = put_engine(world, Sandbox::docker);
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "trap 'echo farewell' TERM; echo ready; while :; do sleep 0.05; done");
  start_well(world.executor(), order);
  await("the agent", [&] { return world.log_of(order).find("ready\n") != std::string::npos; });
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::interrupted);
  CHECK(view.output_excerpt.find("farewell\n") != std::string::npos);
  CHECK(read_calls(folder).back().front() == "rm");
}

TEST_CASE("an engine that cannot be had is an error that names both cures") {
  struct Case {
    const char* name;
    const char* image;
    const char* search_path; // "" = where the engine is
    const char* part;
  };

  const auto row = GENERATE(values<Case>({{"no engine", "agent:1", "/nowhere", "there is no program docker"},
                                          {"no image", "agent:2", "", "no such image"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world(Sandbox::docker);
    put_engine(world, Sandbox::docker);
    world.setup().settings.image = row.image;
    if (*row.search_path != '\0') {
      world.setup().sandbox_search_path = row.search_path;
    }
    world.use(world.make_other_tick());
    const Order order = world.make_order(1, TurnKind::first);
    const auto started = world.executor().start(order);
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().kind == ErrorKind::configuration);
    for (const char* part : {row.part, "install docker", "sandbox = \"bubblewrap\""}) {
      INFO(started.error().message);
      CHECK(started.error().message.find(part) != std::string::npos);
    }
    CHECK_FALSE(is_known(world.executor(), attempt_of(order)));
  }
}

TEST_CASE("a bubblewrap that cannot be had is an error that names both cures") {
  ProcessWorld world(Sandbox::bubblewrap);
  world.setup().sandbox_search_path = "/nowhere";
  world.use(world.make_other_tick());
  const auto started = world.executor().start(world.make_order(1, TurnKind::first));
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().kind == ErrorKind::configuration);
  CHECK(started.error().message.find("install the package bubblewrap") != std::string::npos);
  CHECK(started.error().message.find("sandbox = \"none\"") != std::string::npos);
}

} // namespace
} // namespace afk::test

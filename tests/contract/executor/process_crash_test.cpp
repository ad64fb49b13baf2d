// Supervisors and ticks that die at bad moments, and folders that lie: run_folder.hpp makes the promises.

#include <contract/executor/process_world.hpp>

#include <afk/adapter/run_folder_codec.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/supervisor.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>

namespace afk::test {
namespace {

namespace turn_entry = adapter::turn_entry;

// Cases that draw their moments at random run a few in the quick slice, many in the whole.
struct Rounds {
  int quick = 0;
  int whole = 0;
};

int count_rounds(const Rounds& rounds) {
  return std::getenv("AFK_LONG") == nullptr ? rounds.quick : rounds.whole;
}

// Starts the turn and leaves an agent behind that waits.
Order start_waiting(ProcessWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), order);
  await("the agent", [&] { return world.count_agent_starts(order) == 1; });
  return order;
}

adapter::StartedDocument read_started(const ProcessWorld& world, const Order& order) {
  const auto started = adapter::parse_started_document(get_file(world.in_turn(order, turn_entry::started)));
  REQUIRE(started.ok());
  return *started;
}

void write_started(const ProcessWorld& world, const Order& order, const adapter::StartedDocument& started) {
  put_file(world.in_turn(order, turn_entry::started), adapter::render_started_document(started));
}

// What a tick does that is killed directly before it spawns: everything is there but a supervisor.
void prepare_only(ProcessWorld& world, const Order& order) {
  adapter::ProcessExecutorSetup broken = world.setup();
  broken.program = world.control_path("no-such-program");
  REQUIRE_FALSE(world.make_executor(std::move(broken))->start(order).ok());
}

// Runs a supervisor by hand, to its end or until it has started. Answers its exit code.
struct HandStart {
  pid_t id = 0;
  std::optional<int> exit_code; // absent: it goes on, and has said that it has started
};

HandStart start_supervisor_by_hand(const ProcessWorld& world, const Order& order) {
  auto pipe = adapter::create_pipe();
  REQUIRE(pipe.ok());
  const auto id = adapter::spawn({.program = AFK_SUPERVISE_PROGRAM,
                                  .argv = {"afk", "supervise", world.turn_path(order)},
                                  .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", world.folder() + "/home"}},
                                  .working_folder = "/",
                                  .standard_output = pipe->write_end.get(),
                                  .group = adapter::SpawnRequest::Group::own_session});
  REQUIRE(id.ok());
  pipe->write_end.reset();
  char word = 0;
  if (read(pipe->read_end.get(), &word, 1) == 1) {
    CHECK(word == adapter::supervisor_has_started);
    return {.id = *id, .exit_code = std::nullopt};
  }
  return {.id = *id, .exit_code = wait_for_child(*id)};
}

int exit_code_of(adapter::SupervisorExit exit) {
  return static_cast<int>(exit);
}

TEST_CASE("a supervisor that is killed takes its agent with it, and the turn has vanished") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "echo $$ > \"$AFK_REPORT.pid\"; exec sleep 1000");
  start_well(world.executor(), order);
  const std::string pid_file = world.in_turn(order, "report/report.json.pid");
  await("the agent", [&] { return std::filesystem::exists(pid_file) && !get_file(pid_file).empty(); });
  const auto agent = static_cast<pid_t>(std::stol(get_file(pid_file)));
  CHECK(is_process_there(agent));
  world.make_vanish(order);
  await("the agent to die", [&] { return !is_process_there(agent); });
  const TurnView view = await_state(world.executor(), order, TurnState::vanished);
  CHECK_FALSE(view.outcome.has_value());
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
}

TEST_CASE("a turn is running until nothing of it is left, and an interrupt ends what is left") {
  struct Case {
    const char* name;
    const char* script;
  };

  const auto row = GENERATE(values<Case>(
      {{"in the supervisor's session", "sleep 1000 & echo $! > \"$AFK_REPORT.pid\"; wait"},
       {"in a session of its own", "setsid sh -c 'echo $$ > \"$AFK_REPORT.pid\"; exec sleep 1000' & sleep 1000"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    const Order order = world.make_order(1, TurnKind::first);
    world.script_agent(order.turn, row.script);
    start_well(world.executor(), order);
    const std::string pid_file = world.in_turn(order, "report/report.json.pid");
    await("the child", [&] { return std::filesystem::exists(pid_file) && !get_file(pid_file).empty(); });
    const auto child = static_cast<pid_t>(std::stol(get_file(pid_file)));
    world.make_vanish(order);
    CHECK(see_turn(world.executor(), order).state == TurnState::running);
    CHECK(is_listed_live(world.executor(), attempt_of(order)));
    CHECK(start_badly(world.executor(), world.make_order(1, TurnKind::fix)) == ErrorKind::conflict);
    REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
    const TurnView view = await_end(world.executor(), order);
    CHECK(view.outcome == TurnOutcome::interrupted);
    CHECK_FALSE(is_process_there(child));
  }
}

TEST_CASE("a supervisor that dies between the request to stop and its word has stopped") {
  ProcessWorld world;
  const Order order = start_waiting(world);
  const pid_t supervisor = world.supervisor_of(order);
  kill(supervisor, SIGSTOP); // it hears nothing
  world.setup().stop_patience = std::chrono::milliseconds(100);
  REQUIRE(world.make_other_tick()->interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(see_turn(world.executor(), order).state == TurnState::running);
  world.make_vanish(order);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
}

TEST_CASE("a request to stop that a supervisor could not hear is waiting for it") {
  ProcessWorld world;
  const Order order = start_waiting(world);
  const pid_t supervisor = world.supervisor_of(order);
  put_file(world.in_turn(order, turn_entry::stop), ""); // the tick died before the signal
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
  await("the supervisor to leave", [&] { return !is_process_there(supervisor); });
}

TEST_CASE("a supervisor that somebody else asks to stop ends its turn truthfully") {
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP}) {
    ProcessWorld world;
    const Order order = start_waiting(world);
    kill(world.supervisor_of(order), signal_number);
    CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
  }
}

TEST_CASE("a turn of another boot has vanished, whoever has its number now") {
  ProcessWorld world;
  const Order order = start_waiting(world);
  world.make_vanish(order);
  await_state(world.executor(), order, TurnState::vanished);
  adapter::StartedDocument started = read_started(world, order);
  started.supervisor = *adapter::read_own_identity(); // this very process
  SECTION("the number, the start time and the boot are somebody's who has nothing to do with it") {
    started.supervisor.boot_id = "00000000-1111-2222-3333-444444444444";
  }
  SECTION("the number was given away again") {
    started.supervisor.start_ticks -= 1;
  }
  SECTION("it counts in another namespace") {
    started.supervisor.id_namespace = "pid:[1]";
  }
  write_started(world, order, started);
  CHECK(see_turn(world.executor(), order).state == TurnState::vanished);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
  // It would be this process that is signalled.
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK(see_turn(world.executor(), order).state == TurnState::vanished);
}

TEST_CASE("after a reboot nothing is left of a turn, whatever looks like it") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "sleep 1000 & echo ready; wait");
  start_well(world.executor(), order);
  await("the agent", [&] { return world.log_of(order).find("ready\n") != std::string::npos; });
  world.make_vanish(order);
  CHECK(see_turn(world.executor(), order).state == TurnState::running); // the child is left
  adapter::StartedDocument started = read_started(world, order);
  started.supervisor.boot_id = "00000000-1111-2222-3333-444444444444";
  write_started(world, order, started);
  CHECK(see_turn(world.executor(), order).state == TurnState::vanished);
}

TEST_CASE("a session of somebody who got the supervisor's number is not the turn's") {
  ProcessWorld world;
  const Order order = start_waiting(world);
  world.make_vanish(order);
  await_state(world.executor(), order, TurnState::vanished);
  const auto stranger = adapter::spawn({.program = "/bin/sh",
                                        .argv = {"sh", "-c", "sleep 1000 & wait"},
                                        .environment = {{"PATH", "/usr/bin:/bin"}},
                                        .working_folder = "",
                                        .group = adapter::SpawnRequest::Group::own_session});
  REQUIRE(stranger.ok());
  const auto session = [&] {
    return std::ranges::count(adapter::list_processes(), *stranger, &adapter::ProcessStatus::session);
  };
  await("the stranger's child", [&] { return session() == 2; });
  adapter::StartedDocument started = read_started(world, order);
  started.supervisor.id = *stranger;
  started.supervisor.start_ticks = adapter::try_read_process(*stranger)->start_ticks - 1;
  write_started(world, order, started);
  CHECK(see_turn(world.executor(), order).state == TurnState::vanished);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK(session() == 2);
  kill(-*stranger, SIGKILL);
  wait_for_child(*stranger);
}

TEST_CASE("a supervisor that lives is believed, whatever is written about its number") {
  ProcessWorld world;
  const Order order = start_waiting(world);
  adapter::StartedDocument started = read_started(world, order);
  const adapter::ProcessIdentity supervisor = started.supervisor;
  started.supervisor.id_namespace = "pid:[1]"; // as another container sees it
  write_started(world, order, started);
  CHECK(see_turn(world.executor(), order).state == TurnState::running);
  CHECK(start_badly(world.executor(), world.make_order(1, TurnKind::fix)) == ErrorKind::conflict);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok()); // by the file
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
  await("the supervisor to leave", [&] { return !is_process_there(supervisor.id); });
}

TEST_CASE("a start that was left half done is not known, and the next start finishes it") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  SECTION("everything was prepared") {
    prepare_only(world, order);
  }
  SECTION("the turn's folder was being filled") {
    prepare_only(world, order);
    const std::string turns = world.attempt_path(order) + "/turns/";
    std::filesystem::rename(turns + order.turn.text, turns + "." + order.turn.text + ".new");
    put_file(turns + "." + order.turn.text + ".new/.order.json.tmp", "{");
  }
  SECTION("run.json was being written") {
    prepare_only(world, order);
    std::filesystem::remove_all(world.attempt_path(order) + "/turns");
    std::filesystem::rename(world.attempt_path(order) + "/run.json", world.attempt_path(order) + "/.run.json.tmp");
  }
  SECTION("the clone was there and nothing else") {
    prepare_only(world, order);
    std::filesystem::remove_all(world.attempt_path(order) + "/turns");
    std::filesystem::remove(world.attempt_path(order) + "/run.json");
  }
  SECTION("the folder was there and nothing else") {
    std::filesystem::create_directories(world.attempt_path(order));
  }
  CHECK_FALSE(is_known(world.executor(), attempt_of(order)));
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::created);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(order) == 1);
  CHECK(names_in(world.attempt_path(order)) ==
        std::vector<std::string>{"agent.lock", "clone", "lock", "run.json", "turns"});
  CHECK(names_in(world.attempt_path(order) + "/turns") == std::vector<std::string>{order.turn.text});
  CHECK(names_in(world.turn_path(order)) == std::vector<std::string>{"ended.json", "files", "order.json", "output.log",
                                                                     "report", "started", "supervisor.lock"});
}

TEST_CASE("a turn that was prepared with yesterday's settings starts with today's") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  prepare_only(world, order);
  world.setup().settings.output_limit.bytes = 20;
  start_well(*world.make_other_tick(), order);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::output_limit);
}

TEST_CASE("a supervisor whose tick was killed goes on, and the next tick adopts its turn") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  prepare_only(world, order);
  const HandStart first = start_supervisor_by_hand(world, order);
  REQUIRE_FALSE(first.exit_code.has_value());
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::adopted);

  // Whoever comes second leaves, while the first lives and after it has ended.
  CHECK(start_supervisor_by_hand(world, order).exit_code == exit_code_of(adapter::SupervisorExit::other_supervisor));
  world.release(order);
  await_end(world.executor(), order);
  CHECK(wait_for_child(first.id) == 0);
  CHECK(start_supervisor_by_hand(world, order).exit_code == exit_code_of(adapter::SupervisorExit::started_before));
  CHECK(world.count_agent_starts(order) == 1);
}

TEST_CASE("a supervisor that nobody listens to any more does its work all the same") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  prepare_only(world, order);
  auto pipe = adapter::create_pipe();
  REQUIRE(pipe.ok());
  pipe->read_end.reset(); // the tick was killed
  const auto supervisor = adapter::spawn({.program = AFK_SUPERVISE_PROGRAM,
                                          .argv = {"afk", "supervise", world.turn_path(order)},
                                          .environment = {{"PATH", "/usr/bin:/bin"}},
                                          .working_folder = "/",
                                          .standard_output = pipe->write_end.get(),
                                          .group = adapter::SpawnRequest::Group::own_session});
  REQUIRE(supervisor.ok());
  CHECK(wait_for_child(*supervisor) == 0);
  CHECK(see_turn(world.executor(), order).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(order) == 1);
}

TEST_CASE("a supervisor that comes late finds its run concluded") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  prepare_only(world, order);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK(start_supervisor_by_hand(world, order).exit_code == exit_code_of(adapter::SupervisorExit::sealed));
  CHECK_FALSE(std::filesystem::exists(world.in_turn(order, turn_entry::started)));
  CHECK(world.count_agent_starts(order) == 0);
}

TEST_CASE("a supervisor that comes late finds another turn of its run alive") {
  ProcessWorld world;
  const Order late = world.make_order(1, TurnKind::first);
  prepare_only(world, late);
  const Order fix = world.make_order(1, TurnKind::fix);
  world.plan_agent(fix.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), fix);
  CHECK(start_supervisor_by_hand(world, late).exit_code == exit_code_of(adapter::SupervisorExit::run_is_busy));
  CHECK(world.count_agent_starts(late) == 0);
  world.release(fix);
  await_end(world.executor(), fix);
}

TEST_CASE("a supervisor of an attempt that was given up starts nothing beside the redispatch") {
  ProcessWorld world;
  const Order first = world.make_order(1, TurnKind::first);
  prepare_only(world, first);
  Order redispatch = world.make_order(1, TurnKind::redispatch);
  redispatch.redispatch = 1;
  start_well(world.executor(), redispatch);
  await_end(world.executor(), redispatch);
  CHECK(start_supervisor_by_hand(world, first).exit_code == exit_code_of(adapter::SupervisorExit::sealed));
  CHECK(world.count_agent_starts(first) == 0);
}

TEST_CASE("a supervisor that is asked before its agent starts does not start it") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  prepare_only(world, order);
  put_file(world.in_turn(order, turn_entry::stop), "");
  const HandStart started = start_supervisor_by_hand(world, order);
  REQUIRE_FALSE(started.exit_code.has_value());
  CHECK(wait_for_child(started.id) == 0);
  CHECK(see_turn(world.executor(), order).outcome == TurnOutcome::interrupted);
  CHECK(world.count_agent_starts(order) == 0);
}

TEST_CASE("a conclusion and a start at the same moment leave nothing alive") {
  const int rounds = count_rounds({.quick = 15, .whole = 150});
  int started_first = 0;
  for (int round = 0; round < rounds; ++round) {
    ProcessWorld world;
    const Order order = world.make_order(1, TurnKind::first);
    world.script_agent(order.turn, "exec sleep 1000");
    prepare_only(world, order);
    const auto starting_tick = world.make_other_tick();
    const auto ending_tick = world.make_other_tick();
    bool was_started = false;
    {
      const std::jthread starter([&] { was_started = starting_tick->start(order).ok(); });
      std::this_thread::sleep_for(std::chrono::milliseconds(8 * (round % 15)));
      CHECK(ending_tick->interrupt(attempt_of(order), Executor::Stop::conclude).ok());
    }
    started_first += was_started ? 1 : 0;
    await("the run to be over", [&] { return !is_listed_live(world.executor(), attempt_of(order)); });
    CHECK(start_badly(world.executor(), order) == ErrorKind::refused);
    for (const TurnView& turn : see_attempt(world.executor(), attempt_of(order)).turns) {
      CHECK((turn.outcome == TurnOutcome::interrupted || turn.state == TurnState::lost));
    }
    // The supervisor is gone a moment after it has said that the turn is over.
    await("every process of the run to be gone", [&] {
      return std::ranges::none_of(adapter::list_processes(), [&](const auto& process) {
        return adapter::try_read_variable(process.id, "HOME") == world.folder() + "/home";
      });
    });
  }
  std::printf("conclusion against start: %d rounds, the start was first in %d\n", rounds, started_first);
}

// Everything below a run's folder but what differs from time to time.
std::map<std::string, std::string> read_run_tree(const ProcessWorld& world, const Order& order) {
  std::map<std::string, std::string> tree;
  const std::filesystem::path root = world.layout().runs();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = entry.path().lexically_relative(root).string();
    const std::string name = entry.path().filename().string();
    const bool differs = name == "started" || name == "ended.json" || name == "order.json" || name == "index" ||
                         path.find("/.git/") != std::string::npos;
    tree[path] = entry.is_regular_file() && !differs ? get_file(entry.path().string()) : "";
  }
  CHECK(tree.contains(order.run.text + "/run.json"));
  return tree;
}

TEST_CASE("a tick that is killed at any moment of a start is made good by the next") {
  const int rounds = count_rounds({.quick = 15, .whole = 300});
  std::map<std::string, std::string> undisturbed;
  int killed_before_end = 0;
  std::mt19937 moments(4711); // NOLINT: the same moments in every run, as far as the machine allows
  for (int round = 0; round <= rounds; ++round) {
    ProcessWorld world;
    const Order order = world.make_order(1, TurnKind::first);
    if (round > 0) {
      const pid_t tick = start_child([&] { return world.make_other_tick()->start(order).ok() ? 0 : 1; });
      std::this_thread::sleep_for(std::chrono::microseconds(moments() % 120'000));
      kill(tick, SIGKILL);
      killed_before_end += wait_for_child(tick) == 0 ? 0 : 1;
    }
    start_well(world.executor(), order);
    CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
    CHECK(world.count_agent_starts(order) == 1);
    auto tree = read_run_tree(world, order);
    if (round == 0) {
      undisturbed = std::move(tree);
      continue;
    }
    std::string difference;
    for (const auto& [path, bytes] : tree) {
      difference += undisturbed.contains(path) ? "" : "more: " + path + "\n";
    }
    for (const auto& [path, bytes] : undisturbed) {
      difference += tree.contains(path) ? "" : "less: " + path + "\n";
    }
    INFO("round " << round);
    CHECK(difference.empty());
    if (!difference.empty()) {
      std::printf("%s", difference.c_str());
    }
  }
  std::printf("killed starts: %d rounds, killed before the end in %d\n", rounds, killed_before_end);
}

TEST_CASE("a supervisor that is killed at any moment starts its agent at most once") {
  const int rounds = count_rounds({.quick = 15, .whole = 300});
  std::map<std::string, int> ends;
  std::mt19937 moments(4712); // NOLINT
  for (int round = 0; round < rounds; ++round) {
    ProcessWorld world;
    const Order order = world.make_order(1, TurnKind::first);
    prepare_only(world, order);
    const auto supervisor =
        adapter::spawn({.program = AFK_SUPERVISE_PROGRAM,
                        .argv = {"afk", "supervise", world.turn_path(order)},
                        .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", world.folder() + "/home"}},
                        .working_folder = "/",
                        .group = adapter::SpawnRequest::Group::own_session});
    REQUIRE(supervisor.ok());
    std::this_thread::sleep_for(std::chrono::microseconds(moments() % 20'000));
    kill(*supervisor, SIGKILL);
    wait_for_child(*supervisor);
    start_well(world.executor(), order);
    await("the turn to be over", [&] { return !is_listed_live(world.executor(), attempt_of(order)); });
    const TurnView view = see_turn(world.executor(), order);
    ++ends[std::string(name_state(view.state))];
    CHECK((view.state == TurnState::ended || view.state == TurnState::vanished));
    CHECK(world.count_agent_starts(order) <= 1);
    CHECK((view.state == TurnState::vanished || world.count_agent_starts(order) == 1));
  }
  std::printf("killed supervisors: %d rounds, ended %d, vanished %d\n", rounds, ends["ended"], ends["vanished"]);
}

TEST_CASE("a supervisor that is killed before it has started is replaced in the same start") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  const std::string program = world.control_path("dies-once");
  put_file(program, fmt::format("#!/bin/sh\nif mkdir {0} 2>/dev/null; then kill -9 $$; fi\nexec {1} \"$@\"\n",
                                world.control_path("died"), AFK_SUPERVISE_PROGRAM));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  world.setup().program = program;
  CHECK(start_well(*world.make_other_tick(), order).outcome == StartOutcome::created);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(order) == 1);
}

TEST_CASE("a supervisor that says nothing is not waited for for ever") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  const std::string program = world.control_path("silent");
  put_file(program, "#!/bin/sh\nexec sleep 1000\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  adapter::ProcessExecutorSetup silent = world.setup();
  silent.program = program;
  silent.start_patience = std::chrono::milliseconds(200);
  CHECK(start_badly(*world.make_executor(std::move(silent)), order) == ErrorKind::unreachable);
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::created);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
}

TEST_CASE("a run that another tick works on is not waited for for ever") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  const auto lock = adapter::lock_run(world.layout(), order.run, Duration(0));
  REQUIRE(lock.ok());
  world.setup().lock_patience = std::chrono::milliseconds(50);
  const auto tick = world.make_other_tick();
  CHECK(start_badly(*tick, order) == ErrorKind::unreachable);
  CHECK(tick->interrupt(attempt_of(order), Executor::Stop::conclude).ok()); // which needs no lock
}

TEST_CASE("documents that were damaged are an error of that run alone") {
  struct Case {
    const char* name;
    const char* entry;
    const char* bytes;
  };

  const auto row = GENERATE(values<Case>({{"started", "started", "{}"},
                                          {"started, with a number for everybody", "started",
                                           R"({"schema":1,"pid":-1,"start_ticks":1,"boot_id":"","id_namespace":"",)"
                                           R"("at":"2026-11-20T14:36:39Z","head_before":""})"},
                                          {"ended", "ended.json", "nonsense"},
                                          {"ended of a newer afk", "ended.json", R"({"schema": 2})"},
                                          {"order", "order.json", ""},
                                          {"run", "../../run.json", "[]"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    const Order order = world.make_order(1, TurnKind::first);
    const Order other = world.make_order(2, TurnKind::first);
    for (const Order& each : {order, other}) {
      start_well(world.executor(), each);
      await_end(world.executor(), each);
    }
    put_file(world.in_turn(order, row.entry), row.bytes);
    const std::array asked{attempt_of(order), attempt_of(other)};
    const auto views = world.executor().observe(asked);
    REQUIRE(views.size() == 2);
    REQUIRE_FALSE(views[0].ok());
    CHECK(views[0].error().kind == ErrorKind::malformed);
    REQUIRE(views[1].ok());
    CHECK(views[1]->has_value());
    CHECK(world.executor().look().ok());
  }
}

} // namespace
} // namespace afk::test

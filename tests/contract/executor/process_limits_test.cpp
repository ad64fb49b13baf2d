// What a supervisor does to an agent that goes too far, and what the agent finds around it.

#include <contract/executor/process_world.hpp>

#include <afk/adapter/run_folder_codec.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace afk::test {
namespace {

struct Ran {
  TurnView view;
  adapter::EndedDocument ended;
  std::string log;
};

Ran run_script(ProcessWorld& world, const std::string& script) {
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, script);
  start_well(world.executor(), order);
  Ran ran;
  ran.view = await_end(world.executor(), order);
  const auto ended = adapter::parse_ended_document(get_file(world.in_turn(order, adapter::turn_entry::ended)));
  REQUIRE(ended.ok());
  ran.ended = *ended;
  ran.log = world.log_of(order);
  INFO(ran.log);
  return ran;
}

TEST_CASE("the exit that is written down is the one that happened") {
  struct Case {
    const char* name;
    const char* script;
    TurnOutcome outcome;
    std::optional<int> exit_code;
    std::optional<int> ended_signal;
  };

  const auto row = GENERATE(values<Case>({{"success", "exit 0", TurnOutcome::succeeded, 0, {}},
                                          {"failure", "exit 3", TurnOutcome::failed, 3, {}},
                                          {"a shell's not found", "exit 127", TurnOutcome::failed, 127, {}},
                                          {"a signal", "kill -TERM $$", TurnOutcome::failed, {}, SIGTERM},
                                          {"killed", "kill -KILL $$", TurnOutcome::failed, {}, SIGKILL}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    const Ran ran = run_script(world, row.script);
    CHECK(ran.ended.outcome == row.outcome);
    CHECK(ran.ended.exit_code == row.exit_code);
    CHECK(ran.ended.ended_signal == row.ended_signal);
    CHECK_FALSE(ran.ended.reason.empty());
  }
}

TEST_CASE("an agent that takes too long is stopped") {
  ProcessWorld world;
  world.setup().settings.timeout = std::chrono::milliseconds(300);
  world.use(world.make_other_tick());
  const Ran ran = run_script(world, "exec sleep 1000");
  CHECK(ran.view.outcome == TurnOutcome::timed_out);
  CHECK(ran.ended.ended_signal == SIGTERM);
  CHECK(ran.ended.reason.find("300ms") != std::string::npos);
}

TEST_CASE("an agent that does not listen to SIGTERM is killed after the grace time") {
  ProcessWorld world;
  world.setup().settings.timeout = std::chrono::milliseconds(300);
  world.setup().stop_grace = std::chrono::milliseconds(200);
  world.use(world.make_other_tick());
  const Ran ran = run_script(world, "trap '' TERM; while :; do sleep 0.05; done");
  CHECK(ran.view.outcome == TurnOutcome::timed_out);
  CHECK(ran.ended.ended_signal == SIGKILL);
}

TEST_CASE("an agent that listens to SIGTERM has time to say something") {
  ProcessWorld world;
  world.setup().settings.timeout = std::chrono::milliseconds(300);
  world.use(world.make_other_tick());
  const Ran ran = run_script(world, "trap 'echo farewell; exit 7' TERM; while :; do sleep 0.05; done");
  CHECK(ran.view.outcome == TurnOutcome::timed_out);
  CHECK(ran.ended.exit_code == 7);
  CHECK(ran.log.ends_with("farewell\n"));
}

TEST_CASE("output is kept up to the limit, exactly, and an agent that prints more is stopped") {
  struct Case {
    const char* name;
    const char* script; // after the 51 bytes of the first line
    bool is_over;
  };

  const auto row = GENERATE(values<Case>({{"the last byte that fits", "head -c 9949 /dev/zero", false},
                                          {"one byte more", "head -c 9950 /dev/zero", true},
                                          {"without end", "cat /dev/zero", true},
                                          {"without end and deaf", "trap '' TERM; cat /dev/zero", true},
                                          {"more, in a child", "(head -c 99999 /dev/zero)", true}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    world.setup().settings.output_limit.bytes = 10'000;
    world.setup().stop_grace = std::chrono::milliseconds(200);
    world.use(world.make_other_tick());
    const std::size_t first_line =
        std::string("agent started ").size() + world.make_order(1, TurnKind::first).turn.text.size() + 1;
    const std::string fill = fmt::format("head -c {} /dev/zero\n", 51 - first_line);
    const Ran ran = run_script(world, fill + row.script);
    CHECK(ran.log.size() == 10'000);
    CHECK(ran.ended.output_bytes == 10'000);
    CHECK(ran.view.outcome == (row.is_over ? TurnOutcome::output_limit : TurnOutcome::succeeded));
  }
}

TEST_CASE("an excerpt is the valid end of what was printed") {
  ProcessWorld world;
  const Ran ran = run_script(world, "i=0; while test $i -lt 2000; do echo \"line $i of the output\"; i=$((i+1)); done\n"
                                    "printf 'broken \\377 byte\\nno line end'");
  CHECK(ran.view.output_excerpt.size() <= 16 * 1024 + 2);
  CHECK(ran.view.output_excerpt.starts_with("line "));
  CHECK(ran.view.output_excerpt.ends_with("broken \xEF\xBF\xBD byte\nno line end"));
}

TEST_CASE("an agent that fills the disk is stopped") {
  struct Case {
    const char* name;
    const char* script;
  };

  const auto row = GENERATE(
      values<Case>({{"many files", "i=0; while :; do i=$((i+1)); head -c 200000 /dev/urandom > f$i; done"},
                    {"one file", "head -c 9000000 /dev/urandom > f; sleep 1000"},
                    {"in the report folder",
                     "i=0; while :; do i=$((i+1)); head -c 200000 /dev/urandom > $(dirname $AFK_REPORT)/f$i; done"},
                    {"hidden in folders without end", "while :; do mkdir d && cd d; done"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    world.setup().settings.disk_limit.bytes = 5'000'000;
    world.use(world.make_other_tick());
    const Ran ran = run_script(world, row.script);
    if (std::string_view(row.name) == "one file") { // the file's own limit was there first; the shell goes on
      CHECK(ran.view.outcome != TurnOutcome::succeeded);
    } else {
      CHECK(ran.view.outcome == TurnOutcome::disk_limit);
    }
    CHECK_FALSE(ran.ended.reason.empty());
  }
}

TEST_CASE("what an agent leaves running is killed before its end is written down") {
  struct Case {
    const char* name;
    const char* script;
  };

  const auto row = GENERATE(values<Case>(
      {{"in its group", "sleep 1000 & echo $! > \"$AFK_REPORT.pid\""},
       {"in a session of its own", "setsid sh -c 'echo $$ > \"$AFK_REPORT.pid\"; exec sleep 1000' & sleep 0.2"},
       {"deaf to everything",
        "(trap '' TERM HUP INT; echo $$ >/dev/null; exec sleep 1000) & echo $! > \"$AFK_REPORT.pid\""},
       {"orphaned twice", "(setsid sh -c '(sleep 1000 & echo $! > \"$AFK_REPORT.pid\")' ) ; sleep 0.2"},
       {"without a name", "env -i sh -c 'setsid sleep 1000 & echo $!' > \"$AFK_REPORT.pid\" 2>/dev/null; sleep 0.2"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    const Ran ran = run_script(world, row.script);
    CHECK(ran.view.outcome == TurnOutcome::succeeded);
    CHECK(ran.ended.left_behind >= 1);
    const Order order = world.make_order(1, TurnKind::first);
    const auto left_behind = static_cast<pid_t>(std::stol(get_file(world.in_turn(order, "report/report.json.pid"))));
    CHECK_FALSE(is_process_there(left_behind));
  }
}

TEST_CASE("an agent has the environment that was allowed and nothing else") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  const Ran ran = run_script(world, "env | grep -v -e ^PWD= -e ^OLDPWD= -e ^SHLVL= -e ^_= | sort");
  const std::string files = world.in_turn(order, "files");
  const std::string expected =
      fmt::format("agent started {0}\n"
                  "AFK_ISSUE_FILE={1}/ISSUE.md\n"
                  "AFK_PROMPT_FILE={1}/prompt.md\n"
                  "AFK_REPORT={2}/report.json\n"
                  "AFK_RUN={3}\n"
                  "AFK_TURN={0}\n"
                  "HOME={4}/home\n"
                  "LANG=C.UTF-8\n"
                  "PATH=/usr/local/bin:/usr/bin:/bin\n"
                  "SCRIPTED_KEY=for the agent\n"
                  "TERM=dumb\n"
                  "USER=tester\n",
                  order.turn.text, files, world.in_turn(order, "report"), order.run.text, world.folder());
  CHECK(ran.log == expected);
}

TEST_CASE("a verify turn does not get the agent's keys") {
  ProcessWorld world;
  Order order = world.make_order(1, TurnKind::verify);
  order.verify_head = world.make_head_with("verified.txt");
  order.verify_commands = {"env"};
  start_well(world.executor(), order);
  await_end(world.executor(), order);
  const std::string log = world.log_of(order);
  CHECK(log.find("AFK_TURN=") != std::string::npos);
  CHECK(log.find("SCRIPTED_KEY") == std::string::npos);
  CHECK(log.find("TRACKER_TOKEN") == std::string::npos);
}

TEST_CASE("an agent inherits no descriptor, no terminal and no lock, and writes no core") {
  ProcessWorld world;
  const Ran ran = run_script(world, "echo $(ls /proc/self/fd); ulimit -c; umask\n"
                                    "(: < /dev/tty) 2>/dev/null && echo terminal || echo no terminal\n"
                                    "grep -e SigBlk -e SigIgn /proc/self/status; cat /proc/self/oom_score_adj");
  INFO(ran.log);
  CHECK(ran.log.find("\n0 1 2 3\n0\n0022\nno terminal\n") != std::string::npos);
  CHECK(ran.log.find("SigBlk:\t0000000000000000\n") != std::string::npos);
  // Two signals above the 31 of the standard belong to the C library, which leaves them ignored.
  const std::string label = "SigIgn:\t";
  const std::size_t ignored = ran.log.find(label);
  REQUIRE(ignored != std::string::npos);
  CHECK((std::stoull(ran.log.substr(ignored + label.size()), nullptr, 16) & 0x7FFFFFFF) == 0);
  CHECK(ran.log.ends_with("\n500\n"));
}

TEST_CASE("a supervisor lives in a session of its own and shows nobody its environment") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), order);
  const pid_t supervisor = world.supervisor_of(order);
  const auto status = adapter::try_read_process(supervisor);
  REQUIRE(status.has_value());
  CHECK(status->session == supervisor);
  CHECK(status->session != getsid(0));
  std::size_t descriptors = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", supervisor))) {
    ++descriptors;
  }
  CHECK(descriptors < 20);
  world.release(order);
  await_end(world.executor(), order);
}

TEST_CASE("a supervisor's environment is closed to other processes of its user") {
  // As nobody: to root everything is open, and belongs to root whatever it is.
  const int code = run_unprivileged([] {
    ProcessWorld world;
    const Order order = world.make_order(1, TurnKind::first);
    world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
    if (!world.executor().start(order).ok()) {
      return 2; // nobody may not start programs from here
    }
    struct stat owner{};
    const std::string path = fmt::format("/proc/{}/environ", world.supervisor_of(order));
    const bool is_closed = stat(path.c_str(), &owner) == 0 && owner.st_uid == 0 && access(path.c_str(), R_OK) != 0;
    world.release(order);
    await_end(world.executor(), order);
    return is_closed ? 0 : 1;
  });
  if (code >= 2) {
    skip("an unprivileged user cannot run the program under test where it is");
    return;
  }
  CHECK(code == 0);
}

TEST_CASE("a report may be anything, and is refused without harm") {
  struct Case {
    const char* name;
    const char* script;
  };

  const auto row = GENERATE(values<Case>(
      {{"a link to a secret", "ln -s /etc/passwd \"$AFK_REPORT\""},
       {"a FIFO", "mkfifo \"$AFK_REPORT\""},
       {"a folder", "mkdir \"$AFK_REPORT\""},
       {"too long", "head -c 70000 /dev/zero | tr '\\0' ' ' > \"$AFK_REPORT\""},
       {"a device", "ln -s /dev/zero \"$AFK_REPORT\""},
       {"no JSON", "echo done > \"$AFK_REPORT\""},
       {"its folder is a link", "cd \"$(dirname \"$AFK_REPORT\")\"/.. && rmdir report && ln -s /etc report"},
       {"empty", ": > \"$AFK_REPORT\""}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    const Ran ran = run_script(world, row.script);
    CHECK(ran.view.outcome == TurnOutcome::failed);
    CHECK_FALSE(ran.view.report.has_value());
    CHECK_FALSE(ran.view.report_problem.empty());
    CHECK(ran.view.report_problem.find("root:") == std::string::npos);
  }
}

TEST_CASE("a clone that was tampered with has no head, and no other harm is done") {
  struct Case {
    const char* name;
    const char* script;
  };

  const auto row = GENERATE(values<Case>(
      {{"gone", "cd / && rm -rf \"$OLDPWD\""},
       {"its .git is a file", "rm -rf .git; echo gitdir: / > .git"},
       {"its branch is a link", "rm .git/refs/heads/afk/*; ln -s /etc/passwd \".git/refs/heads/afk/1-abcdefgh\""},
       {"its branch is no id", "echo nonsense > .git/refs/heads/afk/1-abcdefgh"}}));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    const Ran ran = run_script(world, row.script);
    CHECK(ran.view.state == TurnState::ended);
    CHECK(ran.view.head_after.empty());
    CHECK(ran.view.head_before == world.base_head());
  }
}

TEST_CASE("a further turn finds the base as it is now") {
  ProcessWorld world;
  const Order first = world.make_order(1, TurnKind::first);
  const Order rebase = world.make_order(1, TurnKind::rebase);
  start_well(world.executor(), first);
  await_end(world.executor(), first);
  const std::string moved = world.origin().commit("new.txt", "on the base\n");
  world.script_agent(rebase.turn, "git rev-parse origin/main");
  start_well(world.executor(), rebase);
  CHECK(await_end(world.executor(), rebase).outcome == TurnOutcome::succeeded);
  CHECK(world.log_of(rebase).find(moved) != std::string::npos);
}

TEST_CASE("a turn begins without the base where the clone's own settings keep it away") {
  ProcessWorld world;
  const Order first = world.make_order(1, TurnKind::first);
  const Order fix = world.make_order(1, TurnKind::fix);
  world.script_agent(first.turn, "git config remote.origin.url /nowhere");
  start_well(world.executor(), first);
  await_end(world.executor(), first);
  start_well(world.executor(), fix);
  CHECK(await_end(world.executor(), fix).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(fix) == 1);
}

} // namespace
} // namespace afk::test

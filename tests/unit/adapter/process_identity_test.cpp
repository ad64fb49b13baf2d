#include <afk/adapter/process_identity.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

TEST_CASE("a line of the process table is read whatever the program calls itself") {
  struct Case {
    const char* name;
    const char* program;
  };

  const auto row = GENERATE(values<Case>({{"plain", "sh"},
                                          {"blanks", "my program"},
                                          {"parentheses", "a) S 1 1 1 (b"},
                                          {"a line feed", "two\nlines"},
                                          {"empty", ""}}));
  DYNAMIC_SECTION(row.name) {
    const auto status = parse_process_status("42 (" + std::string(row.program) +
                                             ") S 1 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 9 9 9\n");
    REQUIRE(status.ok());
    CHECK(status->id == 42);
    CHECK(status->state == 'S');
    CHECK(status->parent == 1);
    CHECK(status->group == 40);
    CHECK(status->session == 39);
    CHECK(status->start_ticks == 123456);
  }
}

TEST_CASE("a damaged line of the process table is refused") {
  for (const char* text : {"", "42", "42 (sh", "42 (sh) ", "42 (sh) S", "x (sh) S 1 1 1", "42 (sh) S 1 40 39 0 -1 4",
                           "42 (sh) SS 1 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456"}) {
    INFO(text);
    const auto status = parse_process_status(text);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("a process is told by more than its number") {
  const auto own = read_own_identity();
  REQUIRE(own.ok());
  CHECK(own->id == getpid());
  CHECK(probe_process(*own) == Liveness::alive);

  ProcessIdentity other = *own;
  SECTION("another start time: the number was given away again") {
    other.start_ticks += 1;
  }
  SECTION("another boot") {
    other.boot_id = "00000000-0000-0000-0000-000000000000";
  }
  SECTION("another namespace of numbers") {
    other.id_namespace = "pid:[1]";
  }
  SECTION("another number") {
    other.id = 1;
  }
  CHECK(probe_process(other) == Liveness::gone);
  CHECK(signal_process(other, SIGKILL) == Liveness::gone); // this test would not survive a mistake
}

TEST_CASE("a zombie has ended") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    _exit(0);
  }
  siginfo_t information{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &information, WEXITED | WNOWAIT) == 0);
  const auto status = try_read_process(child);
  REQUIRE(status.has_value());
  CHECK(status->state == 'Z');
  ProcessIdentity identity = *read_own_identity();
  identity.id = child;
  identity.start_ticks = status->start_ticks;
  CHECK(probe_process(identity) == Liveness::gone);
  const auto processes = list_processes();
  CHECK(std::ranges::none_of(processes, [&](const ProcessStatus& process) { return process.id == child; }));
  CHECK(std::ranges::any_of(processes, [&](const ProcessStatus& process) { return process.id == getpid(); }));
  waitpid(child, nullptr, 0);
  CHECK_FALSE(try_read_process(child).has_value());
}

TEST_CASE("a variable of a process is found by its whole name") {
  // The table shows what the program was started with, so a child is started for it.
  int ends[2] = {-1, -1};
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[0], 0);
    close(ends[0]);
    close(ends[1]);
    const char* environment[] = {"AFK_TURNS=no", "AFK_TURN=first=1", "EMPTY=", nullptr};
    execle("/bin/cat", "cat", static_cast<const char*>(nullptr), environment);
    _exit(127);
  }
  close(ends[0]);
  while (try_read_variable(child, "AFK_TURN").value_or("") != "first=1" && waitpid(child, nullptr, WNOHANG) == 0) {
  }
  CHECK(try_read_variable(child, "AFK_TURN") == "first=1");
  CHECK(try_read_variable(child, "EMPTY") == "");
  CHECK_FALSE(try_read_variable(child, "AFK").has_value());
  CHECK_FALSE(try_read_variable(child, "PATH").has_value());
  close(ends[1]);
  waitpid(child, nullptr, 0);
}

} // namespace
} // namespace afk::adapter

// What a hostile agent does to the machine: multiply, fill, stay.
#include <e2e/escape/escape_world.hpp>

#include <afk/adapter/supervisor_cgroup.hpp>

#include <support/catch.hpp>
#include <support/skip.hpp>

#include <iostream>

#include <unistd.h>

using namespace afk::test;
using As = Attempt::As;
using Without = Attempt::Without;

namespace {

// Not a bomb without an end: the attempt without the sandbox succeeds on this machine.
constexpr const char* bomb = "i=0\nwhile [ $i -lt 200 ]; do sleep 3 & i=$((i+1)); done\n"
                             "alive=0\nfor p in /proc/[0-9]*; do read -r name < $p/comm && "
                             "test \"$name\" = sleep && alive=$((alive+1)); done 2>/dev/null\n"
                             "test $alive -gt 150 && echo REACHED\n";

} // namespace

TEST_CASE("escape: a fork bomb", "[escape]") {
  try_escape({.name = "start processes without end",
              .script = bomb,
              .without = Without::afk,
              .settings = "process_limit = 50\n",
              .as = As::somebody_else});
}

TEST_CASE("escape: a fork bomb as root", "[escape]") {
  if (geteuid() != 0) {
    skip("this is not root");
    return;
  }
  if (!afk::adapter::find_delegated_cgroup({})) {
    std::cout << "escape: start processes without end as root: not run, because no control group is delegated and the "
                 "kernel counts no processes of root\n";
    skip("no control group is delegated, and the kernel counts no processes of root");
    return;
  }
  try_escape({.name = "start processes without end",
              .script = bomb,
              .without = Without::afk,
              .settings = "process_limit = 50\n",
              .as = As::root});
}

TEST_CASE("escape: more memory than allowed", "[escape]") {
  try_escape({.name = "take the memory",
              .script = "perl -e '$x = \"a\" x 300000000; sleep 4; print \"REACHED\\n\"'",
              .without = Without::afk,
              .settings = "memory_limit = \"100MiB\"\n"});
}

TEST_CASE("escape: a full disk, by many files", "[escape]") {
  try_escape({.name = "fill the disk",
              .script = "i=0; while [ $i -lt 60 ]; do i=$((i+1)); head -c 1000000 /dev/zero > f$i; done; sleep 4\n"
                        "echo REACHED",
              .without = Without::afk,
              .settings = "disk_limit = \"20MiB\"\n"});
}

TEST_CASE("escape: a full disk, where nobody looks", "[escape]") {
  try_escape({.name = "fill the disk in a folder that cannot be read",
              .script = "mkdir d; chmod 300 d\n"
                        "i=0; while [ $i -lt 60 ]; do i=$((i+1)); head -c 1000000 /dev/zero > d/f$i; done; sleep 4\n"
                        "echo REACHED",
              .without = Without::afk,
              .settings = "disk_limit = \"20MiB\"\n",
              .as = As::somebody_else});
}

TEST_CASE("escape: a full disk, by files without a name", "[escape]") {
  try_escape({.name = "fill the disk with files that are unlinked and held open",
              .script = "perl -e 'for (1..4) { open $f[$_], \">\", \"f$_\"; unlink \"f$_\";\n"
                        "  syswrite $f[$_], \"a\" x 15000000 } sleep 4; print \"REACHED\\n\"'",
              .without = Without::afk,
              .settings = "disk_limit = \"20MiB\"\n"});
}

TEST_CASE("escape: a full disk, by one file", "[escape]") {
  try_escape({.name = "write one big file",
              .script = "head -c 60000000 /dev/zero > f && echo REACHED",
              .without = Without::afk,
              .settings = "disk_limit = \"20MiB\"\n"});
}

TEST_CASE("escape: a full /tmp", "[escape]") {
  try_escape({.name = "fill /tmp",
              .script = "f=/tmp/afk-escape-{port}; for i in 1 2 3 4; do head -c 15000000 /dev/zero >> $f; done\n"
                        "test $(wc -c < $f) -ge 60000000 && echo REACHED; rm -f $f",
              .without = Without::afk,
              .settings = "disk_limit = \"20MiB\"\n"});
}

// What lives in memory is bounded by the limit on memory, whoever counts.
TEST_CASE("escape: a full /dev/shm", "[escape]") {
  try_escape({.name = "fill /dev/shm",
              .script = "f=/dev/shm/afk-escape-{port}; for i in 1 2 3 4; do head -c 15000000 /dev/zero >> $f; done\n"
                        "test $(wc -c < $f) -ge 60000000 && echo REACHED; rm -f $f",
              .without = Without::afk,
              .settings = "memory_limit = \"50MiB\"\n"});
}

TEST_CASE("escape: a file among the devices", "[escape]") {
  try_escape({.name = "write a file into /dev",
              .script = "f=/dev/afk-escape-{port}; : > $f && echo REACHED; rm -f $f",
              .as = As::root});
}

TEST_CASE("escape: a process that outlives the run", "[escape]") {
  // It writes where the agent may write, once its run is over.
  try_escape({.name = "leave a process behind",
              .script = "setsid sh -c '(sleep 1; echo REACHED > planted; sleep 60) &' > /dev/null 2>&1",
              .canary = "{run}/clone/planted",
              .without = Without::afk,
              .seconds_later = 2});
}

// The parts of a supervisor, each by itself.

#include <afk/adapter/run_folder.hpp>
#include <afk/adapter/supervisor_descendants.hpp>
#include <afk/adapter/supervisor_disk.hpp>
#include <afk/adapter/supervisor_launch.hpp>
#include <afk/adapter/supervisor_lock.hpp>
#include <afk/adapter/supervisor_output.hpp>
#include <afk/adapter/supervisor_stop.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace afk::adapter {
namespace {

using test::get_file;
using test::put_file;
using test::TemporaryFolder;

TEST_CASE("descendants are found however deep and in whatever order the table has them") {
  const auto process = [](pid_t id, pid_t parent) {
    ProcessStatus status;
    status.id = id;
    status.parent = parent;
    return status;
  };
  const auto ids = [](const std::vector<ProcessStatus>& processes) {
    std::vector<pid_t> found;
    for (const ProcessStatus& status : processes) {
      found.push_back(status.id);
    }
    std::ranges::sort(found);
    return found;
  };
  const std::vector table{process(40, 30), process(1, 0),  process(20, 10), process(30, 20),
                          process(10, 1),  process(50, 1), process(60, 50), process(21, 10)};
  CHECK(ids(derive_descendants(table, 10)) == std::vector<pid_t>{20, 21, 30, 40});
  CHECK(ids(derive_descendants(table, 40)).empty());
  CHECK(ids(derive_descendants(table, 99)).empty());
  // A table that was read while numbers changed hands may hold a circle.
  const std::vector circle{process(20, 30), process(30, 20), process(40, 40)};
  CHECK(ids(derive_descendants(circle, 10)).empty());
  CHECK(ids(derive_descendants(circle, 20)) == std::vector<pid_t>{30});
  // Or a child of somebody who had the number before.
  std::vector older{process(10, 1), process(20, 10), process(30, 20)};
  older[0].start_ticks = 100;
  older[1].start_ticks = 200;
  older[2].start_ticks = 199;
  CHECK(ids(derive_descendants(older, 10)) == std::vector<pid_t>{20});
}

TEST_CASE("the disk that a tree uses is counted against the limit") {
  const TemporaryFolder folder;
  const std::string tree = folder / "tree";
  for (int index = 0; index < 10; ++index) {
    put_file(tree + "/sub/file" + std::to_string(index), std::string(8192, 'x'));
  }
  const std::vector folders{tree, folder / "absent"};
  const auto use = [&](std::int64_t bytes) { return measure_disk_use(folders, {}, {.bytes = bytes}); };
  CHECK(use(1 << 20) == DiskUse::within_limit);
  CHECK(use(40'000) == DiskUse::over_limit);
  SECTION("a file with several names is counted once") {
    for (int index = 0; index < 100; ++index) {
      std::filesystem::create_hard_link(tree + "/sub/file0", tree + "/name" + std::to_string(index));
    }
    CHECK(use(400'000) == DiskUse::within_limit);
  }
  SECTION("links are not followed") {
    std::filesystem::create_symlink("/usr", tree + "/link");
    CHECK(use(1 << 20) == DiskUse::within_limit);
  }
  SECTION("a hole uses nothing") {
    put_file(tree + "/hole", "");
    std::filesystem::resize_file(tree + "/hole", std::uintmax_t{1} << 32);
    CHECK(use(1 << 20) == DiskUse::within_limit);
  }
  SECTION("a tree that is too deep is over any limit") {
    std::string deep = tree;
    for (int depth = 0; depth < 30; ++depth) {
      deep += "/d";
    }
    std::filesystem::create_directories(deep);
    CHECK(measure_disk_use(folders, {}, {.bytes = 1 << 20, .depth = 40}) == DiskUse::within_limit);
    CHECK(measure_disk_use(folders, {}, {.bytes = 1 << 20, .depth = 20}) == DiskUse::over_limit);
  }
}

// Root reads everything: these look as somebody else.
class LookAsSomebodyElse {
 public:
  LookAsSomebodyElse() {
    if (geteuid() == 0) {
      REQUIRE(seteuid(65534) == 0);
      was_root_ = true;
    }
  }

  LookAsSomebodyElse(const LookAsSomebodyElse&) = delete;
  LookAsSomebodyElse& operator=(const LookAsSomebodyElse&) = delete;

  ~LookAsSomebodyElse() {
    if (was_root_ && seteuid(0) != 0) {
      std::abort();
    }
  }

 private:
  bool was_root_ = false;
};

TEST_CASE("a folder that hides what is in it is over any limit") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const std::string tree = folder / "tree";
  put_file(tree + "/sub/file", "x");
  for (const std::string& path : {folder.path(), tree, tree + "/sub"}) {
    fs::permissions(path, fs::perms(0755));
  }
  const std::vector folders{tree, folder / "absent"};
  const auto look = [&] {
    const LookAsSomebodyElse somebody_else;
    return measure_disk_use(folders, {}, {.bytes = 1 << 20});
  };
  CHECK(look() == DiskUse::within_limit);
  for (const std::string& hidden : {tree, tree + "/sub"}) {
    for (const unsigned mode : {0300U, 0U}) { // nobody but root may list it, then its owner may not either
      INFO(hidden << " " << mode);
      fs::permissions(hidden, fs::perms(mode));
      CHECK(look() == DiskUse::over_limit);
      fs::permissions(hidden, fs::perms(0755));
    }
  }
  fs::permissions(tree + "/sub", fs::perms(0444)); // names without what stands behind them
  CHECK(look() == DiskUse::over_limit);
  fs::permissions(tree + "/sub", fs::perms(0755));
}

TEST_CASE("a file that has lost its name counts while a process holds it") {
  const TemporaryFolder folder;
  const std::vector folders{folder.path()};
  const std::vector processes{getpid()};
  const auto use = [&] { return measure_disk_use(folders, processes, {.bytes = 500'000}); };
  std::ofstream file(folder / "file");
  file << std::string(1'000'000, 'x') << std::flush;
  std::filesystem::remove(folder / "file");
  CHECK(use() == DiskUse::over_limit);
  CHECK(measure_disk_use(folders, {}, {.bytes = 500'000}) == DiskUse::within_limit);
  file.close();
  CHECK(use() == DiskUse::within_limit);
}

TEST_CASE("a log takes what fits and says when it is full") {
  const TemporaryFolder temporary;
  const auto folder = Folder::open(temporary.path());
  REQUIRE(folder.ok());
  auto log = OutputLog::open(*folder, 10);
  REQUIRE(log.ok());
  CHECK(log->append("12345") == OutputLog::Room::left);
  CHECK(log->append("67890") == OutputLog::Room::left); // exactly full is not over
  CHECK(log->append("") == OutputLog::Room::left);
  CHECK(log->append("x") == OutputLog::Room::full);
  CHECK(log->written() == 10);
  CHECK(get_file(temporary / "output.log") == "1234567890");
}

TEST_CASE("a log that is no file is refused") {
  const TemporaryFolder temporary;
  const auto folder = Folder::open(temporary.path());
  REQUIRE(folder.ok());
  std::filesystem::create_symlink("/dev/null", temporary / "output.log");
  CHECK_FALSE(OutputLog::open(*folder, 10).ok());
}

TEST_CASE("a supervisor's lock tells who is there, and asking takes nothing") {
  const TemporaryFolder temporary;
  const auto folder = Folder::open(temporary.path());
  REQUIRE(folder.ok());
  const auto holder = [&] { return *SupervisorLock::probe(*folder, "l"); };
  CHECK(holder() == SupervisorLock::Holder::never_came);
  CHECK_FALSE(std::filesystem::exists(temporary / "l"));
  {
    const auto lock = SupervisorLock::try_acquire(*folder, "l", Duration(0));
    REQUIRE(lock.ok());
    REQUIRE(lock->has_value());
    CHECK(holder() == SupervisorLock::Holder::present);
    const auto second = SupervisorLock::try_acquire(*folder, "l", Duration(0));
    REQUIRE(second.ok());
    CHECK_FALSE(second->has_value());
    // The same from another process.
    CHECK(test::wait_for_child(test::start_child([&] {
            const auto theirs = SupervisorLock::try_acquire(*folder, "l", Duration(0));
            return theirs.ok() && !theirs->has_value() && holder() == SupervisorLock::Holder::present ? 0 : 1;
          })) == 0);
    CHECK(holder() == SupervisorLock::Holder::present);
  }
  CHECK(holder() == SupervisorLock::Holder::gone);
  const auto again = SupervisorLock::try_acquire(*folder, "l", Duration(0));
  REQUIRE(again.ok());
  CHECK(again->has_value());
}

TEST_CASE("a request to stop is heard from the turn, the attempt, and stays") {
  const TemporaryFolder temporary;
  put_file(temporary / "attempt/turn/order.json", "");
  CHECK(test::wait_for_child(test::start_child([&] { // it blocks signals for good
          const auto requests = [&] {
            return StopRequests::install(*Folder::open(temporary / "attempt"),
                                         *Folder::open(temporary / "attempt/turn"));
          };
          auto first = requests();
          if (!first.ok() || first->look() != StopRequest::none) {
            return 1;
          }
          put_file(temporary / "attempt/turn/stop", "");
          if (first->last() != StopRequest::none || first->look() != StopRequest::requested) {
            return 2;
          }
          std::filesystem::remove(temporary / "attempt/turn/stop");
          if (first->look() != StopRequest::requested) {
            return 3;
          }
          auto second = requests();
          put_file(temporary / "attempt/sealed", "");
          if (second->look() != StopRequest::requested) {
            return 4;
          }
          std::filesystem::remove(temporary / "attempt/sealed");
          auto third = requests();
          raise(SIGCHLD);
          third->read_signals();
          if (third->look() != StopRequest::none) {
            return 5;
          }
          raise(SIGTERM);
          third->read_signals();
          return third->look() == StopRequest::requested ? 0 : 6;
        })) == 0);
}

TEST_CASE("what becomes the agent does not become it for anybody but its supervisor") {
  const auto run = [](std::vector<std::string> arguments) {
    return test::wait_for_child(test::start_child([&] { return run_launch_command(arguments); }));
  };
  const std::vector<std::string> nothing{"/bin/true"};
  CHECK(run(render_launch_arguments({.supervisor = getpid(), .file_size_limit = 1 << 20, .argv = nothing})) == 0);
  CHECK(run(render_launch_arguments({.supervisor = 1, .file_size_limit = 1 << 20, .argv = nothing})) == 125);
  CHECK(run(render_launch_arguments({.supervisor = getpid(), .file_size_limit = 0, .argv = nothing})) == 125);
  CHECK(run({"--agent"}) == 125);
  CHECK(run({"--agent", "x", "1", "--", "/bin/true"}) == 125);
  CHECK(run(render_launch_arguments({.supervisor = getpid(), .file_size_limit = 1 << 20, .argv = {"/no/such"}})) ==
        127);
  CHECK(run(render_launch_arguments({.supervisor = getpid(), .file_size_limit = 1 << 20, .argv = {"/etc"}})) == 126);
}

} // namespace
} // namespace afk::adapter

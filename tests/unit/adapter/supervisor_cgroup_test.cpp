// Control groups of version 2, on plain files that stand for the kernel's.
#include <afk/adapter/supervisor_cgroup.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <filesystem>
#include <string>

#include <sys/xattr.h>

namespace afk::adapter {
namespace {

using test::get_file;
using test::put_file;

TEST_CASE("a process's own group is told by the line of version 2 alone") {
  struct Case {
    const char* name;
    const char* text;
    std::optional<std::string> path;
  };

  const auto row = GENERATE(
      values<Case>({{"a unit", "0::/system.slice/afk.service\n", "/system.slice/afk.service"},
                    {"both versions", "8:pids:/x\n4:memory:/y\n0::/user.slice/afk.scope\n", "/user.slice/afk.scope"},
                    {"without a line end", "0::/a", "/a"},
                    {"the root", "0::/\n", "/"},
                    {"version 1 alone", "8:pids:/x\n4:memory:/y\n", std::nullopt},
                    {"outside what can be seen", "0::/../../elsewhere\n", std::nullopt},
                    {"nothing", "", std::nullopt},
                    {"no path", "0::\n", std::nullopt}}));
  DYNAMIC_SECTION(row.name) {
    CHECK(parse_own_cgroup(row.text) == row.path);
  }
}

struct Tree {
  test::TemporaryFolder folder;
  CgroupPlace place{.mount = folder.path(), .own = folder / "own", .user = 1000};

  explicit Tree(const std::string& controllers) {
    put_file(place.own, "0::/user.slice/afk.service/afk\n");
    std::filesystem::create_directories(parent() + "/afk");
    put_file(parent() + "/cgroup.procs", "");
    put_file(parent() + "/cgroup.subtree_control", controllers);
  }

  [[nodiscard]] std::string parent() const { return folder / "user.slice/afk.service"; }
};

TEST_CASE("a group is delegated where it is ours and hands out what is needed") {
  CHECK(find_delegated_cgroup(Tree("cpu io memory pids\n").place).has_value());
  CHECK_FALSE(find_delegated_cgroup(Tree("memory pids\n").place).has_value());
  CHECK_FALSE(find_delegated_cgroup(Tree("").place).has_value());
  Tree tree("cpu memory pids\n");
  CHECK(find_delegated_cgroup(tree.place) == tree.parent());
  put_file(tree.place.own, "0::/\n");
  CHECK_FALSE(find_delegated_cgroup(tree.place).has_value());
  put_file(tree.place.own, "0::/gone/afk\n");
  CHECK_FALSE(find_delegated_cgroup(tree.place).has_value());
}

TEST_CASE("controllers are asked for in a group that is marked as delegated, and in no other") {
  const Tree tree("");
  const std::string file = tree.parent() + "/cgroup.subtree_control";
  CHECK_FALSE(find_delegated_cgroup(tree.place).has_value());
  CHECK(get_file(file).empty());
  if (setxattr(tree.parent().c_str(), "user.delegate", "1", 1, 0) != 0) {
    return test::skip("no attributes of files here");
  }
  CHECK_FALSE(find_delegated_cgroup(tree.place).has_value()); // this is no kernel: nothing comes of it
  CHECK(get_file(file) == "+cpu +memory +pids");
}

TEST_CASE("what root may write is not meant for it unless somebody says so") {
  Tree tree("cpu memory pids\n");
  tree.place.user = 0;
  CHECK_FALSE(find_delegated_cgroup(tree.place).has_value());
}

TEST_CASE("a turn's group gets exactly the limits that were asked for, and goes with it") {
  Tree tree("cpu memory pids\n");
  const std::string folder = tree.parent() + "/afk-first-abcdefghijkl-0";
  std::filesystem::create_directories(folder);
  for (const char* file : {"memory.max", "memory.oom.group", "pids.max", "cpu.max", "cgroup.kill"}) {
    put_file(folder + "/" + file, "max\n");
  }
  {
    const auto group = TurnCgroup::create(tree.parent(), "afk-first-abcdefghijkl-0",
                                          {.memory_bytes = 1 << 30, .processors = 2, .processes = 100});
    REQUIRE(group.ok());
    CHECK(group->processes_file() == folder + "/cgroup.procs");
    CHECK(get_file(folder + "/memory.max").starts_with("1073741824"));
    CHECK(get_file(folder + "/memory.oom.group").starts_with("1"));
    CHECK(get_file(folder + "/pids.max").starts_with("100"));
    CHECK(get_file(folder + "/cpu.max").starts_with("200000 100000"));
    group->kill_all();
    CHECK(get_file(folder + "/cgroup.kill").starts_with("1"));
    for (const char* file : {"memory.max", "memory.oom.group", "pids.max", "cpu.max", "cgroup.kill"}) {
      std::filesystem::remove(folder + "/" + file); // the kernel's go with their folder
    }
  }
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("a limit that cannot be set is an error, not a turn without it") {
  Tree tree("cpu memory pids\n");
  CHECK_FALSE(TurnCgroup::create(tree.parent(), "afk-x", {.memory_bytes = 1 << 30}).ok()); // no such file there
  CHECK_FALSE(TurnCgroup::create(tree.folder / "gone", "afk-x", {}).ok());
}

} // namespace
} // namespace afk::adapter

// Who a process executor is, and what it keeps.

#include <contract/executor/process_world.hpp>

#include <afk/adapter/executor_process_prune.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

namespace afk::test {
namespace {

std::string identity_of(Executor& executor) {
  const auto look = executor.look();
  REQUIRE(look.ok());
  return look->identity.text;
}

TEST_CASE("ticks that are the first ones at once agree on who the executor is") {
  ProcessWorld world;
  constexpr int ticks = 8;
  std::vector<std::string> identities(ticks);
  {
    // Each has seen that there is no id before the first may write one.
    std::filesystem::create_directories(world.folder() + "/workspace");
    const auto root = adapter::Folder::open(world.folder() + "/workspace");
    REQUIRE(root.ok());
    auto lock = std::make_optional(adapter::FileLock::acquire_folder(*root, Duration(0)));
    REQUIRE(lock->ok());
    std::vector<std::jthread> threads;
    for (std::string& identity : identities) {
      threads.emplace_back([&world, &identity] { identity = world.make_other_tick()->look()->identity.text; });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    lock.reset();
  }
  CHECK(std::set<std::string>(identities.begin(), identities.end()).size() == 1);
  CHECK(names_in(world.folder() + "/workspace") == std::vector<std::string>{"executor-id"});
}

TEST_CASE("a workspace that was wiped is another executor") {
  ProcessWorld world;
  const std::string before = identity_of(world.executor());
  CHECK(identity_of(world.executor()) == before);
  std::filesystem::remove_all(world.folder() + "/workspace");
  CHECK(identity_of(world.executor()) != before);
}

TEST_CASE("an id that was damaged is not made up anew") {
  ProcessWorld world;
  identity_of(world.executor());
  for (const char* bytes : {"", "nonsense\n", "0123456789abcdef0123456789abcdeg\n"}) {
    put_file(world.folder() + "/workspace/executor-id", bytes);
    const auto look = world.executor().look();
    REQUIRE_FALSE(look.ok());
    CHECK(look.error().kind == ErrorKind::malformed);
    CHECK(look.error().message.find("executor-id") != std::string::npos);
  }
}

TEST_CASE("an executor that only looks writes nothing and starts nothing") {
  ProcessWorld world;
  world.setup().access = adapter::ProcessExecutorSetup::Access::read_only;
  const auto looking = world.make_other_tick();
  const Order order = world.make_order(1, TurnKind::first);
  CHECK_FALSE(identity_of(*looking).empty());
  CHECK_FALSE(is_known(*looking, attempt_of(order)));
  CHECK(start_badly(*looking, order) == ErrorKind::refused);
  CHECK_FALSE(looking->interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK_FALSE(std::filesystem::exists(world.folder() + "/workspace"));

  const std::string minted = identity_of(world.executor());
  start_well(world.executor(), order);
  CHECK(identity_of(*looking) == minted);
  CHECK(is_known(*looking, attempt_of(order)));
  await_end(world.executor(), order);
}

// Makes a file look as if it had been written `days` ago.
void age(const std::string& path, int days) {
  timespec moment{};
  clock_gettime(CLOCK_REALTIME, &moment);
  moment.tv_sec -= days * 86'400L;
  const timespec times[2] = {moment, moment};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

adapter::PruneReport prune(const ProcessWorld& world) {
  adapter::SystemClock clock;
  return adapter::prune_runs({.layout = world.layout(), .clock = clock, .keep = std::chrono::hours(7 * 24)});
}

struct EndedRun {
  ProcessWorld world;
  Order first = world.make_order(1, TurnKind::first);
  Order verify = world.make_order(1, TurnKind::verify);

  EndedRun() {
    // As package managers leave their caches.
    world.script_agent(first.turn, "mkdir -p cache/deep && echo x > cache/deep/file && chmod 500 cache/deep && "
                                   "chmod 100 cache && mkdir none && chmod 0 none && ln -s /etc/passwd link");
    start_well(world.executor(), first);
    await_end(world.executor(), first);
    verify.verify_head = world.make_head_with("verified.txt");
    verify.verify_commands = {"true"};
    start_well(world.executor(), verify);
    await_end(world.executor(), verify);
  }

  [[nodiscard]] bool has(const std::string& entry) const {
    return std::filesystem::exists(world.attempt_path(first) + "/" + entry);
  }

  void conclude() { REQUIRE(world.executor().interrupt(attempt_of(first), Executor::Stop::conclude).ok()); }
};

TEST_CASE("clones go when their run was concluded long enough ago, and what was said stays") {
  EndedRun run;
  SECTION("a run that is not concluded keeps everything") {
    age(run.world.attempt_path(run.first) + "/clone", 100);
    CHECK(prune(run.world).pruned.empty());
    CHECK(run.has("clone"));
  }
  SECTION("a run that was concluded lately keeps everything") {
    run.conclude();
    age(run.world.attempt_path(run.first) + "/sealed", 6);
    CHECK(prune(run.world).pruned.empty());
    CHECK(run.has("clone"));
  }
  SECTION("a run that another tick works on is left alone") {
    run.conclude();
    age(run.world.attempt_path(run.first) + "/sealed", 8);
    const auto lock = adapter::lock_run(run.world.layout(), run.first.run, Duration(0));
    REQUIRE(lock.ok());
    CHECK(prune(run.world).pruned.empty());
    CHECK(run.has("clone"));
  }
  SECTION("after a week the repositories go") {
    run.conclude();
    age(run.world.attempt_path(run.first) + "/sealed", 8);
    const auto report = prune(run.world);
    CHECK(report.problems.empty());
    CHECK(report.pruned == std::vector{attempt_of(run.first)});
    CHECK_FALSE(run.has("clone"));
    CHECK_FALSE(run.has("turns/" + run.verify.turn.text + "/checkout"));
    CHECK(run.has("turns/" + run.first.turn.text + "/output.log"));
    CHECK(see_attempt(run.world.executor(), attempt_of(run.first)).turns.size() == 2);
    CHECK(prune(run.world).pruned.empty());
  }
  SECTION("after ten weeks the turns go, and the run still cannot start again") {
    run.conclude();
    age(run.world.attempt_path(run.first) + "/sealed", 71);
    CHECK(prune(run.world).problems.empty());
    CHECK(names_in(run.world.attempt_path(run.first)) ==
          std::vector<std::string>{"agent.lock", "lock", "run.json", "sealed"});
    const AttemptView view = see_attempt(run.world.executor(), attempt_of(run.first));
    CHECK(view.conclusion == AttemptView::Conclusion::concluded);
    CHECK(view.issue == run.first.issue);
    CHECK(view.turns.empty());
    CHECK(start_badly(run.world.executor(), run.first) == ErrorKind::refused);
    CHECK(prune(run.world).pruned.empty());
  }
}

TEST_CASE("a run that was concluded and still lives keeps its clone") {
  ProcessWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), order);
  const pid_t supervisor = world.supervisor_of(order);
  kill(supervisor, SIGSTOP);
  world.setup().stop_patience = Duration(0);
  REQUIRE(world.make_other_tick()->interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  age(world.attempt_path(order) + "/sealed", 100);
  CHECK(prune(world).pruned.empty());
  CHECK(std::filesystem::exists(world.attempt_path(order) + "/clone"));
  kill(supervisor, SIGCONT);
  await_end(world.executor(), order);
  CHECK(prune(world).pruned == std::vector{attempt_of(order)});
}

} // namespace
} // namespace afk::test

// The whole program and a cluster: from a ready issue to a landed commit, and three ticks that want the same.

#include <e2e/kubernetes/cluster_world.hpp>

#include <support/catch.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace afk::test {
namespace {

// Holds each create of a Job until three of them have come for the same name, or nobody else comes.
class Barrier {
 public:
  FakeKubernetes::Fate arrive(const ReceivedRequest& request) {
    if (request.method != "POST" || request.target.find("/jobs") == std::string::npos) {
      return FakeKubernetes::Fate::served;
    }
    const auto body = nlohmann::json::parse(request.body);
    const auto name = body["metadata"]["name"].get<std::string>();
    std::unique_lock lock(mutex_);
    ++arrived_[name];
    met_.notify_all();
    met_.wait_for(lock, std::chrono::seconds(2), [&] { return arrived_[name] >= 3; });
    return FakeKubernetes::Fate::served;
  }

  [[nodiscard]] int count_names_of_all() {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const auto& [name, arrivals] : arrived_) {
      count += arrivals >= 3 ? 1 : 0;
    }
    return count;
  }

 private:
  std::mutex mutex_;
  std::condition_variable met_;
  std::map<std::string, int> arrived_;
};

} // namespace

TEST_CASE("three ticks at a barrier dispatch fifty armings once") {
  constexpr int issues = 50;
  ClusterWorld world({.issues = issues});
  Barrier barrier;
  world.cluster().on_request([&](const ReceivedRequest& request) { return barrier.arrive(request); });
  std::array<ClusterWorld::Outcome, 3> outcomes;
  {
    std::array<std::jthread, 3> ticks;
    for (std::size_t index = 0; index < ticks.size(); ++index) {
      ticks[index] = std::jthread([&, index] { outcomes[index] = world.afk({"poll"}); });
    }
  }
  for (const auto& outcome : outcomes) {
    INFO(outcome.output);
    CHECK(outcome.exit_code == 0);
  }
  std::set<std::string> attempts;
  for (const auto& job : world.cluster().jobs(ClusterWorld::space)) {
    attempts.insert(job["metadata"]["labels"]["afk/attempt"].get<std::string>());
  }
  int labels = 0;
  for (int number = 1; number <= issues; ++number) {
    labels += world.issue_text(number).find("agent-in-progress") != std::string::npos ? 1 : 0;
  }
  const std::size_t jobs = world.cluster().jobs(ClusterWorld::space).size();
  CHECK(jobs == issues);
  CHECK(attempts.size() == issues);
  CHECK(world.cluster().secrets(ClusterWorld::space).size() == issues);
  CHECK(labels == issues);
  CHECK(barrier.count_names_of_all() >= 10);
  for (const std::string& complaint : world.cluster().complaints()) {
    FAIL_CHECK(complaint);
  }
  std::printf("three ticks, fifty armings: %zu Jobs, %d labels; all three reached create for %d names\n", jobs, labels,
              barrier.count_names_of_all());
}

TEST_CASE("an issue goes from ready to landed by Jobs, with a turn that mends the checks") {
  ClusterWorld world({.issues = 1,
                      .node = FakeKubernetesSettings::Node::on,
                      .agent =
                          "if git log --format=%s | grep -q Try; then echo hello > greeting.txt; git commit -qam Mend; "
                          "else echo helo > greeting.txt; git commit -qam Try; fi"});
  std::string said;
  const auto is_over = [&] { return world.issue_text(1).find("state = \"closed\"") != std::string::npos; };
  for (int tick = 0; tick < 200 && !is_over(); ++tick) {
    const auto outcome = world.afk({"tick"});
    said += outcome.output;
    INFO(said);
    REQUIRE(outcome.exit_code == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  INFO(said << world.issue_text(1) << world.card(1));
  REQUIRE(is_over());
  CHECK(world.origin().git({"log", "--format=%s", "main"}) == "Mend\nTry\nBegin");
  CHECK(world.issue_text(1).find("agent-in-progress") == std::string::npos);
  CHECK(world.issue_text(1).find("ready-for-agent") == std::string::npos);
  std::map<std::string, int> entries;
  for (const auto& job : world.cluster().jobs(ClusterWorld::space)) {
    ++entries[job["metadata"]["labels"]["afk/entry"].get<std::string>()];
  }
  CHECK(entries["turn"] == 4); // first, verify, fix, verify
  CHECK(entries["seal"] == 1);
  for (const std::string& complaint : world.cluster().complaints()) {
    FAIL_CHECK(complaint);
  }
}

TEST_CASE("the doctor reaches the cluster, and refuses processes inside a pod") {
  ClusterWorld world({.configuration = "[executors.here]\nkind = \"process\"\nsandbox = \"none\"\n"});
  const auto outside = world.afk({"doctor"});
  INFO(outside.output);
  CHECK(outside.output.find("answers as 0f0e0d0c-0000-4000-8000-") != std::string::npos);
  CHECK(outside.output.find("is looked for in registry.invalid/agent:1") != std::string::npos);
  CHECK(outside.output.find("inside a pod") == std::string::npos);
  const auto inside = world.afk({"doctor"}, {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}});
  CHECK(inside.output.find("a process executor inside a pod") != std::string::npos);
  CHECK(inside.exit_code != 0);
}

} // namespace afk::test

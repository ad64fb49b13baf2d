#pragma once
// A cluster with a Job executor on it: the fake API server, whose node runs the pods' containers as processes, and a
// repository that the pods clone and push to. The agent is a shell script that does what the test has planned.

#include <contract/executor/executor_world.hpp>

#include <afk/adapter/crypto.hpp>
#include <afk/adapter/executor_kubernetes.hpp>
#include <afk/adapter/system_clock.hpp>
#include <afk/http/transport_curl.hpp>

#include <support/fake_kubernetes.hpp>
#include <support/git_repository.hpp>
#include <support/temporary_folder.hpp>

#include <memory>
#include <string>

namespace afk::test {

class KubernetesWorld final : public ExecutorWorld {
 public:
  KubernetesWorld();

  Executor& executor() override { return *executor_; }

  std::unique_ptr<Executor> make_other_tick() override { return make_executor(setup()); }

  std::unique_ptr<Executor> make_stranger() override;
  [[nodiscard]] Order make_order(int run, TurnKind kind) const override;
  void plan_agent(const TurnName& turn, const AgentPlan& plan) override;
  void release(const Order& order) override;
  int count_agent_starts(const Order& order) override;
  std::string base_head() override;
  std::string make_head_with(const std::string& file) override;
  void make_vanish(const Order& order) override;
  void make_lost(const Order& order) override;

  // --- for the cases of this executor alone ---

  FakeKubernetes& cluster() { return cluster_; }

  // What the agent of a turn runs, as a shell script; instead of a plan.
  void script_agent(const TurnName& turn, const std::string& script);

  [[nodiscard]] adapter::KubernetesExecutorSetup setup() const;
  std::unique_ptr<Executor> make_executor(adapter::KubernetesExecutorSetup setup);

  GitRepository& origin() { return origin_; }

  static constexpr const char* space = "afk-agents";

 private:
  [[nodiscard]] std::string control_path(const std::string& name) const { return folder_ / ("control/" + name); }

  [[nodiscard]] std::string job_of(const Order& order) const;

  TemporaryFolder folder_{TemporaryFolder::Medium::memory};
  GitRepository origin_;
  FakeKubernetes cluster_;
  adapter::SystemClock clock_;
  Digest digest_ = adapter::make_digest();
  std::unique_ptr<Executor> executor_;
};

} // namespace afk::test

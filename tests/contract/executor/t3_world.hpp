#pragma once
// A T3 Code server in memory on a machine that shares its disk with afk: agents are functions that do in the clone what
// the test has planned for their turn; verify turns are real processes.

#include <contract/executor/executor_world.hpp>
#include <contract/executor/process_world.hpp>

#include <afk/adapter/executor_t3.hpp>

#include <support/fake_t3.hpp>
#include <support/fake_t3_transport.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <string>

namespace afk::test {

class T3World final : public ExecutorWorld {
 public:
  T3World();

  Executor& executor() override { return *executor_; }

  std::unique_ptr<Executor> make_other_tick() override { return make_executor(transport_); }

  std::unique_ptr<Executor> make_stranger() override { return make_executor(other_transport_); }

  [[nodiscard]] Order make_order(int run, TurnKind kind) const override { return process_.make_order(run, kind); }

  void plan_agent(const TurnName& turn, const AgentPlan& plan) override { plans_[turn.text] = plan; }

  void release(const Order& order) override;
  int count_agent_starts(const Order& order) override;

  std::string base_head() override { return process_.base_head(); }

  std::string make_head_with(const std::string& file) override { return process_.make_head_with(file); }

  void make_vanish(const Order& order) override;
  void make_lost(const Order& order) override;
  void make_ask(const Order& order, Ask kind, const std::string& text) override;
  std::string heard(const Order& order) override;

 private:
  std::unique_ptr<Executor> make_executor(FakeT3Transport& transport);
  FakeT3::Setup make_setup(const std::string& environment);
  void begin(FakeT3& server, const FakeT3::Turn& turn);
  void work(FakeT3& server, const FakeT3::Turn& turn);

  ProcessWorld process_;
  adapter::SystemClock clock_;
  Digest digest_ = adapter::make_digest();
  std::atomic<std::int64_t> passed_ = 0; // milliseconds that the test has let pass
  std::map<std::string, AgentPlan> plans_;
  std::map<std::string, FakeT3::Turn> waiting_; // by turn
  std::map<std::string, std::string> heard_;    // by thread
  FakeT3 server_;
  FakeT3 other_server_;
  FakeT3Transport transport_;
  FakeT3Transport other_transport_;
  std::unique_ptr<Executor> executor_;
};

} // namespace afk::test

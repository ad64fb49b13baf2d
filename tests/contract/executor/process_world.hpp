#pragma once
// A machine with a repository, a workspace and a process executor on it. The agent is a shell script that does what the
// test has planned for its turn.

#include <contract/executor/executor_world.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/crypto.hpp>
#include <afk/adapter/executor_process.hpp>
#include <afk/adapter/git.hpp>
#include <afk/adapter/run_folder.hpp>
#include <afk/adapter/system_clock.hpp>
#include <afk/adapter/workspace.hpp>

#include <support/git_repository.hpp>
#include <support/temporary_folder.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace afk::test {

class ProcessWorld final : public ExecutorWorld {
 public:
  explicit ProcessWorld(ProcessExecutorSettings::Sandbox sandbox = ProcessExecutorSettings::Sandbox::none);
  ~ProcessWorld() override; // ends every supervisor that is left

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

  // What the agent of a turn runs, as a shell script; instead of a plan.
  void script_agent(const TurnName& turn, const std::string& script);

  // Change before make_executor or make_other_tick; the executor of `executor()` was made from the first.
  adapter::ProcessExecutorSetup& setup() { return setup_; }

  std::unique_ptr<Executor> make_executor(adapter::ProcessExecutorSetup setup);

  void use(std::unique_ptr<Executor> executor) { executor_ = std::move(executor); }

  [[nodiscard]] const adapter::WorkspaceLayout& layout() const { return workspace_.layout(); }

  adapter::Workspace& workspace() { return workspace_; }

  [[nodiscard]] std::string attempt_path(const Order& order) const;
  [[nodiscard]] std::string turn_path(const Order& order) const;
  [[nodiscard]] std::string in_turn(const Order& order, std::string_view entry) const;
  [[nodiscard]] std::string log_of(const Order& order) const;

  // A path that the agents may read and that only this world uses.
  [[nodiscard]] std::string control_path(const std::string& name) const { return folder_ / ("control/" + name); }

  [[nodiscard]] const std::string& folder() const { return folder_.path(); }

  [[nodiscard]] pid_t supervisor_of(const Order& order) const;

  // Opens the FIFO of that name for writing when a reader has come, and writes a line.
  void write_to_fifo(const std::string& path) const;

  GitRepository& origin() { return origin_; }

 private:
  TemporaryFolder folder_;
  GitRepository origin_;
  adapter::PosixCommands commands_;
  adapter::Git git_{commands_};
  adapter::Workspace workspace_;
  adapter::SystemClock clock_;
  adapter::SystemRandom random_;
  Digest digest_ = adapter::make_digest();
  adapter::ProcessExecutorSetup setup_;
  std::unique_ptr<Executor> executor_;
};

// Waits until `condition` holds; throws after a deadline, naming what was waited for.
void await(const std::string& what, const std::function<bool()>& condition);

[[nodiscard]] bool is_process_there(pid_t id);

} // namespace afk::test

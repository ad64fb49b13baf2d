#pragma once
// Agents as processes of this machine. run_folder.hpp says how a run lies on disk and why at most one of its agents is
// alive; this is the tick's side of it, supervisor.hpp the other.
//
// The identity is the workspace's on this machine: a random id that is minted with the workspace's first use, and a
// hash of it and the machine's id. So a workspace that was wiped, or copied to another machine, is another executor,
// for which the runs of the first are unreachable instead of vanished. Containers without a machine id that share a
// workspace are one executor; that is right as long as they share the kernel, whose locks tell who is alive.
//
// A turn cannot take an answer while it runs: questions come as the report of a turn that ended.

#include <afk/adapter/executor_process_order.hpp>
#include <afk/adapter/sandbox_host.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/core/config.hpp>
#include <afk/core/digest.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/commands.hpp>
#include <afk/port/executor.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace afk::adapter {

struct ProcessExecutorSetup {
  ProcessExecutorSettings settings; // workspace_root is the workspace's
  std::map<std::string, ProcessAgent> agents;
  // How a repository is reached. Fails with `configuration`.
  std::function<Result<RepositorySource>(const RepositoryName&)> derive_source;
  // Names in `agents` of those who review a repository's work; absent: nobody does.
  std::function<std::vector<std::string>(const RepositoryName&)> list_reviewers;
  EnvironmentVariables environment;       // of the tick: an agent gets the few that are allowed
  std::string machine_id;                 // see read_machine_id
  std::string program = "/proc/self/exe"; // has the hidden command `supervise`
  std::string sandbox_search_path = std::string(adapter::sandbox_search_path); // where bwrap, docker and podman are
  // What a dry run, `why` and `status` say: nothing is written then, not even the executor's id.
  enum class Access : std::uint8_t { read_write, read_only } access = Access::read_write;
  Duration lock_patience = std::chrono::seconds(20);  // for another tick that starts a turn of the same run
  Duration start_patience = std::chrono::seconds(20); // for a supervisor to say that it has started
  Duration stop_patience = std::chrono::seconds(2);   // for what was asked to stop; observe tells the rest
  Duration stop_grace = std::chrono::seconds(10);     // between SIGTERM and SIGKILL
  Duration watch_interval = std::chrono::milliseconds(500);
};

// What the executor works with; all of it outlives the executor.
struct ProcessExecutorParts {
  Workspace& workspace;
  Commands& commands;
  Clock& clock;
  Random& random;
  const Digest& digest;
};

class ProcessExecutor final : public Executor {
 public:
  ProcessExecutor(ProcessExecutorSetup setup, ProcessExecutorParts parts);

  Result<ExecutorLook> look() override;
  std::vector<Result<std::optional<AttemptView>>> observe(std::span<const AttemptName> attempts) override;
  Result<Started> start(const Order& order) override;
  Result<void> interrupt(const AttemptName& attempt, Stop stop) override;
  Result<void> answer(const AttemptName& attempt, const TurnAnswer& answer) override; // always `refused`

 private:
  Result<ExecutorIdentity> fetch_identity();
  void reap_supervisors();

  ProcessExecutorSetup setup_;
  ProcessExecutorParts parts_;
  std::vector<pid_t> supervisors_; // children of this process that may have ended
};

// The machine's id of /etc/machine-id or D-Bus; "" where there is none.
[[nodiscard]] std::string read_machine_id();

} // namespace afk::adapter

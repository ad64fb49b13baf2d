#pragma once
// Starting a turn: the tick's half of the protocol in run_folder.hpp (T1 to T5). Called by ProcessExecutor alone.

#include <afk/adapter/executor_process.hpp>
#include <afk/core/result.hpp>
#include <afk/port/executor.hpp>

#include <vector>

#include <sys/types.h>

namespace afk::adapter {

// `supervisors` receives the children of this process that go on living. Fails with `refused` (concluded),
// `conflict` (another turn of the run is live), `configuration` (no such agent, no sandbox), `unreachable` (locked, a
// remote that does not answer, a supervisor that says nothing), `io`.
Result<Started> start_turn(const ProcessExecutorSetup& setup, const ProcessExecutorParts& parts, const Order& order,
                           std::vector<pid_t>& supervisors);

// Seals the attempts of a run that come before this one.
Result<void> seal_earlier_attempts(const WorkspaceLayout& layout, const AttemptName& attempt);

} // namespace afk::adapter

#pragma once
// One program of a turn, from its start to the moment when no process of it is left.

#include <afk/adapter/relay.hpp>
#include <afk/adapter/run_folder_codec.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/supervisor_activity.hpp>
#include <afk/adapter/supervisor_cgroup.hpp>
#include <afk/adapter/supervisor_output.hpp>
#include <afk/adapter/supervisor_stop.hpp>
#include <afk/core/time.hpp>

#include <optional>
#include <string>

namespace afk::adapter {

// Why a step ended. All but `ended` were the supervisor's doing.
enum class StepCause : std::uint8_t {
  ended,
  timed_out,
  step_timed_out,
  output_limit,
  disk_limit,
  memory_limit,
  process_limit,
  interrupted
};

struct StepEnd {
  StepCause cause = StepCause::ended;
  std::optional<int> exit_code;
  std::optional<int> ended_signal;
  std::string problem; // why it could not even be started
  std::string finding; // the first of the step's red words that it printed
  int left_behind = 0; // processes that outlived the program and were killed

  [[nodiscard]] bool succeeded() const { return cause == StepCause::ended && exit_code == 0 && finding.empty(); }
};

// What the steps of a turn share.
struct StepSurroundings {
  const TurnDocument& document;
  const EnvironmentVariables& environment;
  OutputLog& output;
  ActivityLog* activity = nullptr;    // reads standard output; absent: nobody does
  StopRequests& stop_requests;        // looked at every watch interval
  const TurnCgroup* cgroup = nullptr; // keeps to the limits of memory and processes; absent: the supervisor does
  Relay* relay = nullptr;             // to the proxy that the sandbox may use; absent: there is none
  Duration deadline{};                // of the turn, on SystemClock's monotonic clock
};

// Starts the step and stays with it: output is taken, limits are watched, and a step that is to end gets SIGTERM, the
// grace time, then SIGKILL, with everything it started.
StepEnd run_step(const TurnStep& step, const StepSurroundings& surroundings);

} // namespace afk::adapter

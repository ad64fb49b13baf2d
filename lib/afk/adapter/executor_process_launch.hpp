#pragma once
// Bringing a prepared turn's supervisor to life, and hearing from it that it is. Called under the run's lock.

#include <afk/adapter/run_folder.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/core/result.hpp>
#include <afk/port/clock.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

struct LaunchPlace {
  const AttemptFolder& attempt;
  const Folder& turn_folder;
  const std::string& program; // has the command `supervise`
  EnvironmentVariables environment;
  Duration patience{};
  Clock& clock;
};

enum class LaunchOutcome : std::uint8_t { started_by_us, started_by_another, concluded };

// Answers once `started` is on disk. A supervisor that was killed before that is replaced, a few times. `supervisors`
// receives the children that go on living. Fails with `unreachable` (nothing was heard in time; it may still start),
// `conflict` (another turn of the run is live) and `io`.
Result<LaunchOutcome> launch_supervisor(const LaunchPlace& place, std::vector<pid_t>& supervisors);

} // namespace afk::adapter

#pragma once
// The program that stays with a turn from its start to its end: the hidden command `afk supervise`.
//
// It is a process of its own (a session, no terminal, no ticks' locks, no core dumps, not readable by others of the
// same user), so that a tick may come and go. It knows nothing but the turn's folder and the environment that it was
// started with, which is the agent's. run_folder.hpp says in which order it does things, and why.

#include <afk/adapter/spawn.hpp>

#include <span>
#include <string>

namespace afk::adapter {

// How a supervisor that did not get as far as `started` left. A tick reads it; nobody else calls `afk supervise`.
enum class SupervisorExit : int {
  done = 0,
  broken = 70,           // the folder or the machine: see the turn's log
  other_supervisor = 75, // another one has this turn
  started_before = 76,
  sealed = 77,
  run_is_busy = 78, // another turn of this run is live
};

// The byte that a supervisor writes to its standard output when `started` is on disk.
inline constexpr char supervisor_has_started = '+';

// `arguments` are those behind "supervise": the turn's folder, or what render_launch_arguments and
// render_inside_command gave. `environment` is
// the process's own, and becomes the agent's. Answers the exit code.
int run_supervise_command(std::span<const std::string> arguments, const EnvironmentVariables& environment);

} // namespace afk::adapter

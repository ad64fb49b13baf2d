#pragma once
// The commands behind the command line, one file each. All of them print through the console and answer an exit code;
// errors that end a command come back as values and are mapped in run.cpp.

#include <afk/cli/arguments.hpp>
#include <afk/cli/console.hpp>
#include <afk/cli/exit_code.hpp>
#include <afk/config/load_configuration.hpp>
#include <afk/core/result.hpp>
#include <afk/port/clock.hpp>

namespace afk::cli {

struct Invocation {
  const Arguments& arguments;
  config::Environment environment;
  Console& console;
  Clock& clock;
  Random& random;
};

// poll, watch (without --wait) and tick
Result<ExitCode> run_tick_command(Invocation& invocation);

// watch --wait
Result<ExitCode> run_wait_command(Invocation& invocation);

Result<ExitCode> run_why_command(Invocation& invocation);
Result<ExitCode> run_status_command(Invocation& invocation);
Result<ExitCode> run_doctor_command(Invocation& invocation);
Result<ExitCode> run_init_command(Invocation& invocation);
Result<ExitCode> run_config_show_command(Invocation& invocation);
Result<ExitCode> run_requeue_command(Invocation& invocation);
Result<ExitCode> run_stop_command(Invocation& invocation);

} // namespace afk::cli

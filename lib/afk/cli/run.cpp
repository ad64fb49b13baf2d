#include <afk/cli/run.hpp>

#include <afk/adapter/pod_carrier.hpp>
#include <afk/adapter/supervisor.hpp>
#include <afk/adapter/system_clock.hpp>
#include <afk/cli/arguments.hpp>
#include <afk/cli/commands.hpp>
#include <afk/cli/console.hpp>
#include <afk/cli/environment.hpp>
#include <afk/cli/stop_signal.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace afk::cli {

namespace {

Result<ExitCode> dispatch(Invocation& invocation) {
  switch (invocation.arguments.command) {
  case Command::poll:
  case Command::tick:
    return run_tick_command(invocation);
  case Command::watch:
    return invocation.arguments.wait == Wait::yes ? run_wait_command(invocation) : run_tick_command(invocation);
  case Command::why:
    return run_why_command(invocation);
  case Command::status:
    return run_status_command(invocation);
  case Command::doctor:
    return run_doctor_command(invocation);
  case Command::init:
    return run_init_command(invocation);
  case Command::config_show:
    return run_config_show_command(invocation);
  case Command::requeue:
    return run_requeue_command(invocation);
  case Command::stop:
    return run_stop_command(invocation);
  }
  return Error{ErrorKind::internal, "a command without an implementation"};
}

ExitCode derive_exit_code(const Error& error) {
  switch (error.kind) {
  case ErrorKind::usage:
  case ErrorKind::configuration:
    return ExitCode::usage;
  case ErrorKind::unreachable:
  case ErrorKind::rate_limited:
  case ErrorKind::unauthorized:
    return ExitCode::unreachable;
  default:
    return ExitCode::some_failed;
  }
}

int leave(ExitCode code) {
  return static_cast<int>(code);
}

int run_command(const Arguments& arguments) {
  install_stop_signals();
  adapter::SystemClock clock(adapter::SystemClock::WakeDescriptor{stop_descriptor()});
  adapter::SystemRandom random;
  Console console(arguments, clock);
  Invocation invocation{arguments, read_process_environment(), console, clock, random};
  auto code = dispatch(invocation);
  if (code)
    return leave(*code);
  console.say_error(std::nullopt, code.error());
  return leave(derive_exit_code(code.error()));
}

} // namespace

int run(int argc, char** argv) {
  try {
    // The process executor starts supervisors from inside a tick; they read no configuration.
    if (argc > 1 && std::string_view(argv[1]) == "supervise")
      return adapter::run_supervise_command(std::vector<std::string>(argv + 2, argv + argc),
                                            read_process_environment());
    if (argc > 1 && std::string_view(argv[1]) == "carry") // in the pods of the Kubernetes executor; likewise
      return adapter::run_carry_command(std::vector<std::string>(argv + 2, argv + argc));
    auto parsed = parse_arguments(argc, argv);
    if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
      std::FILE* stream = early->code == ExitCode::done ? stdout : stderr;
      std::fputs(early->text.c_str(), stream);
      return std::fflush(stream) == 0 ? leave(early->code) : leave(ExitCode::some_failed);
    }
    return run_command(std::get<Arguments>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "afk: a defect of afk itself: %s\n", error.what());
  } catch (...) {
    std::fputs("afk: a defect of afk itself\n", stderr);
  }
  return leave(ExitCode::some_failed);
}

} // namespace afk::cli

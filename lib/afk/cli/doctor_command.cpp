#include <afk/cli/commands.hpp>

namespace afk::cli {

Result<ExitCode> run_doctor_command(Invocation&) {
  return ExitCode::done;
}

} // namespace afk::cli

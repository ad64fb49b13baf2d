#pragma once
// The command line as a value. Everything that can be wrong with it is found here, before anything is done.

#include <afk/cli/exit_code.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace afk::cli {

enum class Command : std::uint8_t {
  poll,
  watch,
  tick,
  why,
  status,
  doctor,
  init,
  config_show,
  requeue,
  stop,
};

enum class OutputForm : std::uint8_t { text, json };
enum class DryRun : std::uint8_t { no, yes };
enum class Wait : std::uint8_t { no, yes };
enum class Fix : std::uint8_t { no, yes };
enum class Quiet : std::uint8_t { no, yes };
enum class LogLevel : std::uint8_t { error, warning, info, debug };
enum class ColorChoice : std::uint8_t { automatic, always, never };

struct Arguments {
  Command command = Command::poll;
  std::string config_file; // "" = searched
  OutputForm output = OutputForm::text;
  OutputForm log_format = OutputForm::text;
  LogLevel log_level = LogLevel::warning;
  ColorChoice color = ColorChoice::automatic;
  Quiet quiet = Quiet::no;
  DryRun dry_run = DryRun::no;
  std::optional<IssueRef> issue; // of --only, why, requeue and stop
  Wait wait = Wait::no;
  Duration timeout = std::chrono::minutes(30);
  Duration interval = std::chrono::seconds(15);
  Fix fix = Fix::no;
};

// What to print and leave with instead: help, version, or what is wrong.
struct EarlyExit {
  std::string text;
  ExitCode code = ExitCode::done;
};

[[nodiscard]] std::variant<Arguments, EarlyExit> parse_arguments(int argc, const char* const* argv);

} // namespace afk::cli

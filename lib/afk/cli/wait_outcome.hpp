#pragma once
// What `watch --wait` leaves with: pure, from what became of the chosen runs.

#include <afk/cli/exit_code.hpp>
#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>
#include <afk/loop/report.hpp>

#include <optional>
#include <span>
#include <string>

namespace afk::cli {

struct WaitedRun {
  IssueRef issue;
  enum class State : std::uint8_t { in_flight, over, no_run } state = State::in_flight;
  std::optional<Ending> ending; // of a run that is over
};

// The first of frozen, handed to a person, no run, still in flight (timeout) that applies to one of them; else done.
// A parked run is not over.
[[nodiscard]] ExitCode derive_wait_exit(std::span<const WaitedRun> runs);

[[nodiscard]] std::string render_waited_run(const WaitedRun& run);

// The last tick's report with every chosen run in it, for annotations and the step summary.
[[nodiscard]] loop::TickReport derive_wait_report(const loop::TickReport& last, std::span<const WaitedRun> runs);

} // namespace afk::cli

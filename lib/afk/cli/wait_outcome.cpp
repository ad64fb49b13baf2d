#include <afk/cli/wait_outcome.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace afk::cli {

namespace {

ExitCode derive_run_exit(const WaitedRun& run) {
  if (run.state == WaitedRun::State::no_run)
    return ExitCode::some_failed;
  if (run.state == WaitedRun::State::in_flight)
    return ExitCode::timeout;
  switch (run.ending.value_or(Ending::needs_human)) {
  case Ending::done:
  case Ending::review:
    return ExitCode::done;
  case Ending::frozen:
    return ExitCode::frozen;
  default:
    return ExitCode::to_a_person;
  }
}

} // namespace

ExitCode derive_wait_exit(std::span<const WaitedRun> runs) {
  constexpr std::array order{ExitCode::frozen, ExitCode::to_a_person, ExitCode::some_failed, ExitCode::timeout};
  for (const ExitCode code : order)
    if (std::ranges::any_of(runs, [&](const WaitedRun& run) { return derive_run_exit(run) == code; }))
      return code;
  return ExitCode::done;
}

std::string render_waited_run(const WaitedRun& run) {
  const std::string issue = render_issue_ref(run.issue);
  switch (run.state) {
  case WaitedRun::State::no_run:
    return fmt::format("{}  has no run", issue);
  case WaitedRun::State::in_flight:
    return fmt::format("{}  still in flight", issue);
  case WaitedRun::State::over:
    break;
  }
  return fmt::format("{}  {}", issue, render_ending(run.ending.value_or(Ending::needs_human)));
}

loop::TickReport derive_wait_report(const loop::TickReport& last, std::span<const WaitedRun> runs) {
  loop::TickReport report = last;
  for (const WaitedRun& run : runs) {
    const auto known = std::ranges::find(report.issues, run.issue, &loop::IssueReport::issue);
    loop::IssueReport& issue = known != report.issues.end() ? *known : report.issues.emplace_back();
    issue.issue = run.issue;
    issue.terminal = run.state == WaitedRun::State::over ? run.ending : std::nullopt;
    if (known == report.issues.end() || issue.reason.empty())
      issue.reason = render_waited_run(run);
  }
  return report;
}

} // namespace afk::cli

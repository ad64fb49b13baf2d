#include <afk/cli/commands.hpp>
#include <afk/cli/json_output.hpp>
#include <afk/cli/pipeline_output.hpp>
#include <afk/cli/report_exit.hpp>
#include <afk/cli/session.hpp>
#include <afk/cli/stop_signal.hpp>
#include <afk/cli/text_output.hpp>
#include <afk/cli/wait_outcome.hpp>
#include <afk/loop/watcher.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::cli {

namespace {

// What the last tick saw of the chosen runs.
struct WaitState {
  std::vector<WaitedRun> runs;
  loop::TickReport last;
};

std::vector<IssueRef> derive_chosen(const Invocation& invocation, const loop::TickReport& first) {
  if (invocation.arguments.issue)
    return {*invocation.arguments.issue};
  std::vector<IssueRef> chosen;
  for (const loop::IssueReport& issue : first.issues)
    if (issue.run)
      chosen.push_back(issue.issue);
  return chosen;
}

// The card says how a run ended, whichever process ended it.
WaitedRun derive_waited(const loop::RunLooks& looks, const IssueRef& issue, const LabelSettings& labels) {
  const auto look =
      std::ranges::find_if(looks.runs, [&](const loop::RunLook& one) { return one.record.issue == issue; });
  if (look == looks.runs.end())
    return {issue, WaitedRun::State::no_run, std::nullopt};
  const bool released = !has_label(look->record.labels, labels.in_progress);
  if (look->card.state == CardState::ended && released)
    return {issue, WaitedRun::State::over, look->card.ending};
  return {issue, WaitedRun::State::in_flight, std::nullopt};
}

// One tick and one look at what became of the chosen runs.
Result<void> advance(const loop::TickContext& context, std::vector<IssueRef>& chosen, Invocation& invocation,
                     WaitState& state) {
  state.last = loop::watch_tick(context);
  if (state.last.fatal)
    return *state.last.fatal;
  if (chosen.empty())
    chosen = derive_chosen(invocation, state.last);
  auto looks = loop::look_at_runs_of(context, chosen);
  if (!looks)
    return std::move(looks).error();
  state.runs.clear();
  for (const IssueRef& issue : chosen)
    state.runs.push_back(derive_waited(*looks, issue, context.config.labels));
  return {};
}

bool all_over(const WaitState& state) {
  return std::ranges::none_of(state.runs,
                              [](const WaitedRun& run) { return run.state == WaitedRun::State::in_flight; });
}

Result<void> print_outcome(Invocation& invocation, const WaitState& state) {
  if (invocation.arguments.output == OutputForm::json)
    return invocation.console.print(render_tick_json(state.last));
  if (invocation.arguments.quiet == Quiet::yes)
    return {};
  std::string text;
  for (const WaitedRun& run : state.runs)
    text += render_waited_run(run) + "\n";
  return invocation.console.print(text);
}

} // namespace

Result<ExitCode> run_wait_command(Invocation& invocation) {
  auto session = open_session(invocation, loop::TickReport::Mode::real);
  if (!session)
    return std::move(session).error();
  const loop::TickContext context = (*session)->context();
  const Duration give_up_at = invocation.clock.monotonic() + invocation.arguments.timeout;
  WaitState state;
  std::vector<IssueRef> chosen;
  Result<void> reached;
  while (true) {
    (*session)->start_tick();
    reached = advance(context, chosen, invocation, state);
    say_report_errors(invocation.console, state.last);
    if (reached && all_over(state))
      break;
    const Duration left = give_up_at - invocation.clock.monotonic();
    if (left <= Duration::zero() || read_stop_request() == Asked::to_stop)
      break;
    (*session)->rest();
    invocation.clock.sleep_for(std::min(invocation.arguments.interval, left));
  }
  (*session)->rest();
  state.last.requests = (*session)->requests();
  auto printed = print_outcome(invocation, state);
  write_pipeline_annotations(invocation, derive_wait_report(state.last, state.runs));
  if (!printed)
    return std::move(printed).error();
  return reached ? derive_wait_exit(state.runs) : ExitCode::unreachable;
}

} // namespace afk::cli

#include <afk/cli/commands.hpp>
#include <afk/cli/json_output.hpp>
#include <afk/cli/pipeline_output.hpp>
#include <afk/cli/report_exit.hpp>
#include <afk/cli/session.hpp>
#include <afk/cli/text_output.hpp>
#include <afk/loop/poller.hpp>
#include <afk/loop/tick.hpp>
#include <afk/loop/watcher.hpp>

namespace afk::cli {

namespace {

loop::TickReport make_tick(Command command, const loop::TickContext& context) {
  switch (command) {
  case Command::poll:
    return loop::poll_tick(context);
  case Command::watch:
    return loop::watch_tick(context);
  default:
    return loop::whole_tick(context);
  }
}

// Silent on success where nobody watches and nobody asked; a dry run is a question.
std::string render_result(const Invocation& invocation, const loop::TickReport& report) {
  const Arguments& arguments = invocation.arguments;
  const Console::Colors colors = invocation.console.colors();
  if (arguments.output == OutputForm::json)
    return render_tick_json(report);
  if (arguments.dry_run == DryRun::yes || arguments.log_level >= LogLevel::debug)
    return render_tick_text(report, Detail::full, colors);
  const bool watched = invocation.console.audience() == Console::Audience::terminal;
  const bool asked = watched || arguments.log_level >= LogLevel::info;
  return asked && arguments.quiet == Quiet::no ? render_tick_text(report, Detail::brief, colors) : "";
}

} // namespace

Result<ExitCode> run_tick_command(Invocation& invocation) {
  using Mode = loop::TickReport::Mode;
  const Mode mode = invocation.arguments.dry_run == DryRun::yes ? Mode::dry_run : Mode::real;
  auto session = open_session(invocation, mode);
  if (!session)
    return std::move(session).error();
  (*session)->start_tick();
  loop::TickReport report = make_tick(invocation.arguments.command, (*session)->context());
  // With the kill switch on everything stays as it is found, old clones included.
  const bool tidies = invocation.arguments.command != Command::poll && report.kill_switch == KillSwitch::off;
  if (mode == Mode::real && tidies)
    for (Error& error : (*session)->prune())
      report.errors.push_back({std::nullopt, std::move(error)});
  report.requests = (*session)->requests();
  auto printed = invocation.console.print(render_result(invocation, report));
  say_report_errors(invocation.console, report);
  write_pipeline_annotations(invocation, report);
  return printed ? Result<ExitCode>(derive_report_exit(report)) : Result<ExitCode>(std::move(printed).error());
}

} // namespace afk::cli

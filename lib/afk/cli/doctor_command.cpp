#include <afk/adapter/commands_posix.hpp>
#include <afk/cli/commands.hpp>
#include <afk/cli/doctor_checks.hpp>
#include <afk/cli/json_output.hpp>
#include <afk/cli/session.hpp>
#include <afk/cli/text_output.hpp>

#include <algorithm>

namespace afk::cli {

Result<ExitCode> run_doctor_command(Invocation& invocation) {
  auto session = open_session(invocation, loop::TickReport::Mode::dry_run);
  if (!session)
    return std::move(session).error();
  (*session)->start_tick();
  const loop::TickContext context = (*session)->context();
  adapter::PosixCommands commands;
  const Examination examination{invocation, (*session)->config(),     context,
                                commands,   invocation.arguments.fix, (*session)->github()};
  Findings findings{{"configuration", FindingState::good, "loaded; every key is known and nothing contradicts", ""}};
  for (const auto examine :
       {examine_gates, examine_tracker, examine_repositories, examine_executors, examine_t3_servers, examine_services})
    examine(examination, findings);

  const bool json = invocation.arguments.output == OutputForm::json;
  auto printed = invocation.console.print(json ? render_doctor_json(findings)
                                               : render_doctor_text(findings, invocation.console.colors()));
  if (!printed)
    return std::move(printed).error();
  const bool bad = std::ranges::any_of(findings, [](const Finding& one) { return one.state == FindingState::bad; });
  return bad ? ExitCode::some_failed : ExitCode::done;
}

} // namespace afk::cli

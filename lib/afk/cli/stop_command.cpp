#include <afk/cli/commands.hpp>
#include <afk/cli/report_exit.hpp>
#include <afk/cli/session.hpp>
#include <afk/loop/stop_run.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::cli {

Result<ExitCode> run_stop_command(Invocation& invocation) {
  auto session = open_session(invocation, loop::TickReport::Mode::real);
  if (!session)
    return std::move(session).error();
  (*session)->start_tick();
  const IssueRef issue = *invocation.arguments.issue;
  auto stopped = loop::stop_run((*session)->context(), issue);
  if (!stopped)
    return std::move(stopped).error();
  for (const Error& error : stopped->errors)
    invocation.console.say_error(issue, error);
  if (!stopped->errors.empty())
    return ExitCode::some_failed;
  auto printed = invocation.arguments.quiet == Quiet::yes
                     ? Result<void>()
                     : invocation.console.print(fmt::format("{}: {} was stopped and handed to a person\n",
                                                            render_issue_ref(issue), stopped->run.text));
  return printed ? Result<ExitCode>(ExitCode::done) : Result<ExitCode>(std::move(printed).error());
}

} // namespace afk::cli

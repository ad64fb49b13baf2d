#include <afk/cli/commands.hpp>
#include <afk/cli/session.hpp>
#include <afk/loop/stop_run.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::cli {

Result<ExitCode> run_requeue_command(Invocation& invocation) {
  auto session = open_session(invocation, loop::TickReport::Mode::real);
  if (!session)
    return std::move(session).error();
  (*session)->start_tick();
  const IssueRef issue = *invocation.arguments.issue;
  auto queued = loop::requeue_issue((*session)->context(), issue);
  if (!queued)
    return std::move(queued).error();
  for (const Error& error : queued->errors)
    invocation.console.say_error(issue, error);
  if (!queued->errors.empty())
    return ExitCode::some_failed;
  auto printed = invocation.arguments.quiet == Quiet::yes
                     ? Result<void>()
                     : invocation.console.print(fmt::format("{}: armed anew; its run will be {}\n",
                                                            render_issue_ref(issue), queued->run.text));
  return printed ? Result<ExitCode>(ExitCode::done) : Result<ExitCode>(std::move(printed).error());
}

} // namespace afk::cli

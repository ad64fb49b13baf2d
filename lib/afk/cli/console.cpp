#include <afk/cli/console.hpp>

#include <afk/cli/json_output.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include <unistd.h>

namespace afk::cli {

namespace {

std::string_view render_level(LogLevel level) {
  switch (level) {
  case LogLevel::error:
    return "error";
  case LogLevel::warning:
    return "warning";
  case LogLevel::info:
    return "info";
  case LogLevel::debug:
    return "debug";
  }
  return "error";
}

// The whole text or an error: a pipe may take it in pieces.
Result<void> write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return Error{ErrorKind::io, fmt::format("cannot write the result: {}", std::strerror(errno))};
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Console::Colors derive_colors(ColorChoice choice, Console::Audience audience) {
  if (choice == ColorChoice::always)
    return Console::Colors::on;
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = choice == ColorChoice::never || (no_color != nullptr && *no_color != '\0');
  return !refused && audience == Console::Audience::terminal ? Console::Colors::on : Console::Colors::off;
}

} // namespace

Console::Console(const Arguments& arguments, const Clock& clock)
    : clock_(clock), log_format_(arguments.log_format),
      log_level_(arguments.quiet == Quiet::yes ? LogLevel::error : arguments.log_level),
      audience_(isatty(STDOUT_FILENO) == 1 ? Audience::terminal : Audience::other),
      colors_(derive_colors(arguments.color, audience_)) {}

void Console::set_redactor(Redactor redactor) {
  redactor_ = std::move(redactor);
}

Result<void> Console::print(std::string_view text) {
  return write_all(STDOUT_FILENO, redactor_.redact(text));
}

void Console::say(LogLevel level, std::string_view message) {
  write_message(level, message, std::nullopt, "");
}

void Console::say_error(const std::optional<IssueRef>& issue, const Error& error) {
  write_message(LogLevel::error, error.message, issue, render_error_kind(error.kind));
}

void Console::write_message(LogLevel level, std::string_view message, const std::optional<IssueRef>& issue,
                            std::string_view kind) {
  if (level > log_level_)
    return;
  const std::string issue_text = issue ? render_issue_ref(*issue) : "";
  std::string line;
  if (log_format_ == OutputForm::json) {
    line = render_log_json({std::string(render_level(level)), redactor_.redact(message), issue_text, std::string(kind),
                            render_timestamp(clock_.now())});
  } else {
    const std::string clean = clean_for_terminal(redactor_.redact(message));
    line = fmt::format("afk: {}{}{}{}\n", level == LogLevel::info ? "" : fmt::format("{}: ", render_level(level)),
                       issue_text, issue_text.empty() ? "" : ": ", clean);
  }
  // A message that nobody can read is lost; what was done is not undone for it.
  static_cast<void>(write_all(STDERR_FILENO, line));
}

} // namespace afk::cli

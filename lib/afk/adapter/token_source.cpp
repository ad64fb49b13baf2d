#include <afk/adapter/token_source.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::adapter {

namespace {

constexpr std::size_t longest_token = 4096; // they are opaque, and some are half a kilobyte

Error refuse(std::string message) {
  return Error{.kind = ErrorKind::configuration, .message = std::move(message)};
}

} // namespace

Result<void> check_token(const Secret& token) {
  const std::string_view text = token.reveal();
  const bool fits = !text.empty() && text.size() <= longest_token &&
                    std::ranges::all_of(text, [](char one) { return one > ' ' && one < '\x7F'; });
  if (!fits) {
    return refuse("the token is empty, or holds what no token holds: blanks, line breaks, characters outside of ASCII");
  }
  return {};
}

Result<Secret> fetch_token(Commands& commands, const TokenCommand& command) {
  if (command.argv.empty()) {
    return refuse("token_command names no program");
  }
  const std::string program = quote_for_display(command.argv.front());
  CommandLine line;
  line.argv = command.argv;
  line.environment = command.environment;
  line.timeout = command.timeout;
  line.output_limit = longest_token * 2;
  auto output = commands.run(line);
  if (!output.ok()) {
    Error error = with_context("token_command", std::move(output).error());
    error.kind = error.kind == ErrorKind::unreachable ? ErrorKind::unreachable : ErrorKind::configuration;
    return error;
  }
  Secret printed(std::move(output->standard_output));
  if (output->exit_code != 0) {
    return refuse(
        fmt::format("token_command: {} ended with status {}; what it said is not shown", program, output->exit_code));
  }
  Secret token(trim_ascii(printed.reveal()));
  if (auto fits = check_token(token); !fits.ok()) {
    return with_context(fmt::format("token_command: what {} printed", program), std::move(fits).error());
  }
  return token;
}

} // namespace afk::adapter

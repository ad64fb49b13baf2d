#include <afk/cli/tracker_token.hpp>

#include <afk/adapter/token_source.hpp>
#include <afk/config/environment.hpp>
#include <afk/config/guarded_file.hpp>

#include <utility>

namespace afk::cli {

namespace {

Result<Secret> check(std::string_view key, Result<Secret> token) {
  if (!token.ok())
    return with_context(key, std::move(token).error());
  if (auto fits = adapter::check_token(*token); !fits.ok())
    return with_context(key, std::move(fits).error());
  return token;
}

} // namespace

Result<Secret> read_tracker_token(const TrackerTokenParts& parts) {
  const TrackerSettings& tracker = parts.config.tracker;
  if (!tracker.token_file.empty())
    return check("tracker.token_file", config::read_secret_file(tracker.token_file));
  if (!tracker.token_env.empty()) {
    const auto value = config::find_variable(parts.invocation.environment, tracker.token_env);
    return check("tracker.token_env", Secret(value.value_or("")));
  }
  adapter::TokenCommand command{.argv = tracker.token_command, .environment = parts.invocation.environment};
  command.timeout = parts.config.limits.tick_deadline / 3;
  return adapter::fetch_token(parts.commands, command);
}

} // namespace afk::cli

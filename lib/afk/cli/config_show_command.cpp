#include <afk/cli/commands.hpp>
#include <afk/cli/json_output.hpp>
#include <afk/config/show.hpp>

namespace afk::cli {

Result<ExitCode> run_config_show_command(Invocation& invocation) {
  const auto loaded = config::load_configuration({invocation.arguments.config_file, invocation.environment});
  if (!loaded)
    return config::derive_error(loaded.error());
  const auto settings = config::derive_settings(*loaded);
  const bool json = invocation.arguments.output == OutputForm::json;
  auto printed = invocation.console.print(json ? render_config_json(settings) : config::render_settings(settings));
  return printed ? Result<ExitCode>(ExitCode::done) : Result<ExitCode>(std::move(printed).error());
}

} // namespace afk::cli

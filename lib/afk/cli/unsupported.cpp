#include <afk/cli/unsupported.hpp>

#include <afk/core/repository_settings.hpp>

#include <fmt/format.h>

#include <variant>

namespace afk::cli {

namespace {

Error refuse(std::string message) {
  return Error{.kind = ErrorKind::configuration, .message = std::move(message)};
}

} // namespace

Result<void> check_supported(const Config& config) {
  for (const AllowlistEntry& entry : config.allowlist) {
    const auto settings = derive_repository_settings(config, entry.repository);
    if (!settings) {
      return settings.error();
    }
    if (settings->qa.mode == QaSettings::Mode::automatic) {
      return refuse(fmt::format("qa.mode of {}: this version of afk knows no language's own checks; write mode = "
                                "\"commands\" and the commands",
                                render_repository_name(entry.repository)));
    }
  }
  if (config.deployment.kind != DeploymentKind::none) {
    return refuse(fmt::format("deployment.kind = \"{}\": this version of afk watches no deployments; write \"none\"",
                              render_deployment_kind(config.deployment.kind)));
  }
  return {};
}

} // namespace afk::cli

#include <afk/cli/unsupported.hpp>

#include <fmt/format.h>

namespace afk::cli {

namespace {

Error refuse(std::string message) {
  return Error{.kind = ErrorKind::configuration, .message = std::move(message)};
}

} // namespace

Result<void> check_supported(const Config& config) {
  if (config.deployment.kind != DeploymentKind::none && config.deployment.kind != DeploymentKind::url) {
    return refuse(fmt::format("deployment.kind = \"{}\": this version of afk asks an address alone; write \"url\" or "
                              "\"none\"",
                              render_deployment_kind(config.deployment.kind)));
  }
  return {};
}

} // namespace afk::cli

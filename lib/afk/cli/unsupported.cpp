#include <afk/cli/unsupported.hpp>

#include <fmt/format.h>

namespace afk::cli {

namespace {

Error refuse(std::string message) {
  return Error{.kind = ErrorKind::configuration, .message = std::move(message)};
}

} // namespace

Result<void> check_supported(const Config& config) {
  const DeploymentKind deployment = config.deployment.kind;
  if (deployment == DeploymentKind::woodpecker) {
    return refuse(
        fmt::format("deployment.kind = \"{}\": this version of afk asks a forge, an address or a cluster; write "
                    "\"forge\", \"url\", \"kubernetes\" or \"none\"",
                    render_deployment_kind(deployment)));
  }
  return {};
}

} // namespace afk::cli

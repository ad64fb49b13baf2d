#include <afk/cli/session_github.hpp>

#include <utility>

namespace afk::cli {

GithubParts::GithubParts(http::Transport& transport, const Clock& clock, const Secret& token,
                         adapter::GithubSettings settings, std::optional<std::string> environment)
    : client(transport, clock, token, std::move(settings)), tracker(client, memory, environment),
      permissions(client, memory), pull_requests(client, memory), checks(client, memory, transport),
      people(permissions) {
  if (environment)
    deployments.emplace(client, memory, *environment);
}

Result<std::unique_ptr<GithubParts>> open_github(const Config& config, http::Transport& transport, const Clock& clock,
                                                 const Secret& token) {
  auto url = http::parse_url(config.tracker.url);
  if (!url.ok())
    return with_context("tracker.url", std::move(url).error());
  adapter::GithubSettings settings;
  settings.api = std::move(*url);
  settings.reads =
      config.tracker.api == TrackerSettings::Api::graphql ? adapter::GithubApi::graphql : adapter::GithubApi::rest;
  settings.version = config.tracker.api_version;
  settings.reserve = config.limits.reserve;
  const bool asks = config.deployment.kind == DeploymentKind::forge;
  return std::make_unique<GithubParts>(transport, clock, token, std::move(settings),
                                       asks ? std::optional(config.deployment.environment) : std::nullopt);
}

} // namespace afk::cli

#pragma once
// Everything of a session that is GitHub's, on one client. For session.cpp.

#include <afk/adapter/checks_github.hpp>
#include <afk/adapter/deployments_github.hpp>
#include <afk/adapter/permissions_github.hpp>
#include <afk/adapter/pull_requests_github.hpp>
#include <afk/adapter/tracker_github.hpp>
#include <afk/core/config.hpp>
#include <afk/http/transport.hpp>
#include <afk/loop/people.hpp>
#include <afk/port/clock.hpp>

#include <memory>
#include <optional>

namespace afk::cli {

// Members outlive each other in the order in which they stand.
struct GithubParts {
  GithubParts(http::Transport& transport, const Clock& clock, const Secret& token, adapter::GithubSettings settings,
              std::optional<std::string> environment);

  adapter::GithubClient client;
  adapter::GithubMemory memory;
  adapter::GithubTracker tracker;
  adapter::GithubPermissions permissions;
  adapter::GithubPullRequests pull_requests;
  adapter::GithubChecks checks;
  std::optional<adapter::GithubDeployments> deployments; // where the configuration asks the forge for them
  loop::People people;
};

// `transport` and `clock` outlive it. Fails with `configuration` for an address that is none.
Result<std::unique_ptr<GithubParts>> open_github(const Config& config, http::Transport& transport, const Clock& clock,
                                                 const Secret& token);

} // namespace afk::cli

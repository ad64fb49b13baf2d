#pragma once
// The GitHub adapters against the GitHub of the tests: one account, one world, and a count of what went over the wire.

#include <support/digest.hpp>
#include <support/fake_clock.hpp>
#include <support/fake_github.hpp>

#include <afk/adapter/checks_github.hpp>
#include <afk/adapter/deployments_github.hpp>
#include <afk/adapter/permissions_github.hpp>
#include <afk/adapter/pull_requests_github.hpp>
#include <afk/adapter/tracker_github.hpp>
#include <afk/http/counting_transport.hpp>
#include <afk/http/redirect_transport.hpp>
#include <afk/http/transport_curl.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace afk::test {

// One tick's worth of adapters.
struct GithubConnection {
  GithubConnection(http::Transport& transport, const Clock& clock, const std::string& token,
                   adapter::GithubSettings settings)
      : client(transport, clock, Secret(token), std::move(settings)), tracker(client, memory, std::string()),
        permissions(client, memory), pull_requests(client, memory), checks(client, memory, transport),
        deployments(client, memory, "") {}

  adapter::GithubClient client;
  adapter::GithubMemory memory;
  adapter::GithubTracker tracker;
  adapter::GithubPermissions permissions;
  adapter::GithubPullRequests pull_requests;
  adapter::GithubChecks checks;
  adapter::GithubDeployments deployments;
};

struct GithubWorld {
  explicit GithubWorld(adapter::GithubApi how = adapter::GithubApi::graphql, FakeGithubSettings settings = {})
      : reads(how), forge(clock, std::move(settings)) {}

  [[nodiscard]] adapter::GithubSettings settings() const {
    adapter::GithubSettings made;
    made.api = http::parse_url(forge.url()).value();
    made.reads = reads;
    return made;
  }

  // A client that knows nothing yet, as every tick is one.
  std::unique_ptr<GithubConnection> connect() { return connect(settings()); }

  std::unique_ptr<GithubConnection> connect(adapter::GithubSettings settings) {
    return std::make_unique<GithubConnection>(transport, clock, forge.settings().token, std::move(settings));
  }

  IssueRecord fetch(const IssueRef& issue) {
    auto connection = connect();
    auto records = connection->tracker.fetch_issues(std::span(&issue, 1));
    return std::move(records.front()).value();
  }

  // How often a request of that kind came: a part of "METHOD target".
  [[nodiscard]] int count(const std::string& part) const {
    int found = 0;
    for (const ReceivedRequest& request : forge.requests()) {
      found += (request.method + " " + request.target).find(part) != std::string::npos ? 1 : 0;
    }
    return found;
  }

  adapter::GithubApi reads;
  FakeClock clock;
  FakeGithub forge;
  http::CurlTransport curl;
  http::CountingTransport counting{curl};
  http::RedirectTransport transport{counting};
};

inline const RepositoryName github_home{"acme", "app"};

} // namespace afk::test

#include <contract/forge/forge_contract.hpp>

#include <afk/adapter/checks_github.hpp>
#include <afk/adapter/deployments_github.hpp>
#include <afk/adapter/permissions_github.hpp>
#include <afk/adapter/pull_requests_github.hpp>
#include <afk/http/paced_transport.hpp>
#include <afk/http/redirect_transport.hpp>
#include <afk/http/transport_curl.hpp>

namespace afk::test {

namespace {

class GithubForge final : public ForgeWorld {
 public:
  explicit GithubForge(adapter::GithubSettings settings) : client_(paced_, clock, token(), with_address(settings)) {}

  PullRequests& pull_requests() override { return pull_requests_; }

  Checks& checks() override { return checks_; }

  Deployments& deployments() override { return deployments_; }

  Permissions& permissions() override { return permissions_; }

 private:
  [[nodiscard]] Secret token() const { return Secret(github.settings().token); }

  [[nodiscard]] adapter::GithubSettings with_address(adapter::GithubSettings settings) const {
    settings.api = http::parse_url(github.url()).value();
    return settings;
  }

  http::CurlTransport curl_;
  http::RedirectTransport redirected_{curl_};
  http::PacedTransport paced_{redirected_, clock};
  adapter::GithubClient client_;
  adapter::GithubMemory memory_;
  adapter::GithubPullRequests pull_requests_{client_, memory_};
  adapter::GithubChecks checks_{client_, memory_, curl_};
  adapter::GithubDeployments deployments_{client_, memory_, "production"};
  adapter::GithubPermissions permissions_{client_, memory_};
};

ForgeColumn make_column(std::string_view name, adapter::GithubApi reads, std::string version) {
  return {.name = name, .make_world = [reads, version] {
            adapter::GithubSettings settings;
            settings.reads = reads;
            settings.version = version;
            return std::make_unique<GithubForge>(settings);
          }};
}

} // namespace

std::vector<ForgeColumn> github_forge_columns() {
  using enum adapter::GithubApi;
  return {make_column("graphql", graphql, "2022-11-28"), make_column("rest", rest, "2022-11-28"),
          make_column("rest of 2026", rest, "2026-03-10")};
}

} // namespace afk::test

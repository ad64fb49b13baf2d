#pragma once
// afk's view of the fake GitHub from one machine: its own connections, limits and memory.

#include <afk/adapter/tracker_github.hpp>
#include <afk/http/paced_transport.hpp>
#include <afk/http/redirect_transport.hpp>
#include <afk/http/transport_curl.hpp>
#include <support/fake_clock.hpp>
#include <support/fake_github.hpp>

#include <string>
#include <utility>

namespace afk::test {

inline adapter::GithubSettings make_github_settings(const FakeGithub& github, adapter::GithubApi reads,
                                                    std::string version = "2022-11-28") {
  adapter::GithubSettings settings;
  settings.api = http::parse_url(github.url()).value();
  settings.reads = reads;
  settings.version = std::move(version);
  return settings;
}

// A client of its own, as another machine would have.
class GithubMachine {
 public:
  GithubMachine(const FakeGithub& github, FakeClock& clock, const adapter::GithubSettings& settings,
                http::CurlSettings curl = {})
      : curl_(std::move(curl)), redirected_(curl_), paced_(redirected_, clock),
        client_(paced_, clock, Secret(github.settings().token), settings), github_(client_, memory_, std::nullopt) {}

  Tracker& tracker() { return github_; }

  adapter::GithubClient& client() { return client_; }

 private:
  http::CurlTransport curl_;
  http::RedirectTransport redirected_;
  http::PacedTransport paced_;
  adapter::GithubClient client_;
  adapter::GithubMemory memory_;
  adapter::GithubTracker github_;
};

} // namespace afk::test

#pragma once
// Talking to one GitHub with one account: shared by everything in afk that is GitHub's (tracker, permissions, pull
// requests, checks, deployments), so that they share the limits and what one answer told the others.
//
// Requests name the API version, an Accept and the credential, which no other origin ever sees. Before anything is read
// the limits that earlier answers named are looked at: with only the reserve for people left nothing is asked, and an
// answer that says "wait" ends the reading until then. Writes may use the reserve: they finish what was begun.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/github_issue.hpp>
#include <afk/adapter/github_query.hpp>
#include <afk/http/rate_limit.hpp>
#include <afk/http/transport.hpp>
#include <afk/port/clock.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// graphql: reads by GraphQL where it can tell, the rest by REST. rest: everything by REST, for tokens and servers
// without GraphQL; what only GraphQL tells (who edited a body) is then not known.
enum class GithubApi : std::uint8_t { graphql, rest };

struct GithubSettings {
  http::Url api; // https://api.github.com, https://github.example/api/v3
  GithubApi reads = GithubApi::graphql;
  std::string version = "2022-11-28"; // X-GitHub-Api-Version; 2026-03-10 works as well
  int reserve = 0;                    // calls, and points, of the hour that are left for people
};

// The host that goes into the names of runs: lower case, a port that is not the scheme's own, api.github.com as
// github.com.
[[nodiscard]] TrackerHost derive_github_host(const http::Url& api);

// Where queries go: /graphql beside the API root, /api/graphql beside /api/v3 of a GitHub of one's own.
[[nodiscard]] http::Url derive_graphql_url(const http::Url& api);

// "/repos/owner/name" and what follows, each part percent-encoded.
[[nodiscard]] std::string render_github_path(const RepositoryName& repository,
                                             std::initializer_list<std::string_view> parts);

// A value for a query string.
[[nodiscard]] std::string encode_github_value(std::string_view text);

class GithubClient {
 public:
  // Both outlive it.
  GithubClient(http::Transport& transport, const Clock& clock, const Secret& token, GithubSettings settings);
  GithubClient(const GithubClient&) = delete;
  GithubClient& operator=(const GithubClient&) = delete;

  [[nodiscard]] const GithubSettings& settings() const { return settings_; }

  [[nodiscard]] GithubAsked asked() const;

  // Paths begin with "/" below the API root.
  [[nodiscard]] http::Request read(std::string_view path) const;
  [[nodiscard]] http::Request query(const GithubQuery& query) const;

  struct Write {
    http::Method method = http::Method::post;
    std::string path;
    std::string body; // JSON; "" = none
    http::Effect effect = http::Effect::write;
  };

  [[nodiscard]] http::Request write(const Write& write) const;
  [[nodiscard]] http::Request mutation(const GithubQuery& query) const;

  // Answers in the order asked, each whatever status it has. Fails as the transport does, and with `rate_limited`
  // before anything is sent.
  std::vector<Result<http::Response>> exchange(std::span<const http::Request> requests);
  Result<http::Response> exchange(const http::Request& request);

  // All pages of lists, at most `most_pages` each; `too_large` beyond.
  std::vector<Result<std::vector<http::Response>>> fetch_pages(std::span<const http::Request> first_pages,
                                                               std::size_t most_pages);

  // The service's clock: the newest Date and what passed since; asked for where no answer came yet.
  Result<Timestamp> fetch_time();

  // Whose token it is, asked for once.
  Result<GithubViewer> fetch_viewer();

  void note_viewer(const GithubViewer& viewer) { viewer_ = viewer; }

  [[nodiscard]] const std::optional<GithubViewer>& known_viewer() const { return viewer_; }

  // Labels that were seen to exist: they need not be looked for again.
  enum class LabelKnowledge : std::uint8_t { unknown, exists };
  [[nodiscard]] LabelKnowledge find_label(const RepositoryName& repository, std::string_view label) const;
  void note_label(const RepositoryName& repository, std::string_view label);

  // By resource, "core" and "graphql": what the newest answers said.
  [[nodiscard]] const std::map<std::string, http::RateLimit>& limits() const { return limits_; }

  // Points of the queries sent so far, by GitHub's published rule.
  [[nodiscard]] std::int64_t points() const { return points_; }

  // How far this machine's clock is from the service's; absent before the first answer.
  [[nodiscard]] std::optional<Duration> clock_skew() const;

 private:
  [[nodiscard]] http::Request make(http::Method method, http::Url url) const;
  [[nodiscard]] std::optional<Error> check_limits(std::span<const http::Request> requests) const;
  void take_note(const http::Response& response, const http::Request& request);

  [[nodiscard]] bool is_query(const http::Request& request) const { return request.url == graphql_; }

  http::Transport& transport_;
  const Clock& clock_;
  GithubSettings settings_;
  http::Url graphql_;
  std::string base_; // path of the API root without a slash at its end
  http::Credential credential_;
  std::string who_;

  struct ServiceTime {
    Timestamp date;
    Duration seen_at{0};       // monotonic
    Timestamp machine_seen_at; // this machine's clock
  };

  std::optional<ServiceTime> service_time_;
  std::optional<GithubViewer> viewer_;
  std::set<std::string> labels_; // "owner/name label", in lower case
  std::map<std::string, http::RateLimit> limits_;
  std::optional<Timestamp> closed_until_; // an answer said "wait"
  std::int64_t points_ = 0;
};

// What an answer to a REST request says went wrong, GitHub's own words with it; absent for success.
std::optional<Error> derive_github_error(const http::Response& response, const GithubAsked& asked);

} // namespace afk::adapter

#pragma once
// What `afk doctor` asks a GitHub: everything is tried, nothing is taken from the configuration's word.

#include <afk/adapter/github_client.hpp>
#include <afk/core/trust.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::adapter {

struct GithubRepositoryExamination {
  RepositoryName asked;
  Result<GithubRepositoryFacts> facts;
  Permission own = Permission::unknown; // of the token's account; an installation is not told
  std::vector<std::string> missing_labels;
};

struct GithubExamination {
  Result<GithubViewer> viewer;
  std::string scopes; // of a classic token: "repo, read:org"; "" of every other kind
  std::vector<GithubRepositoryExamination> repositories;
  std::map<std::string, http::RateLimit> limits;
  std::optional<Duration> clock_skew; // how far this machine's clock is ahead
};

struct GithubExaminationScope {
  std::span<const RepositoryName> repositories;
  std::span<const std::string> labels;
};

// Reads only.
GithubExamination examine_github(GithubClient& client, const GithubExaminationScope& scope);

} // namespace afk::adapter

#pragma once
// Whether one commit of a repository contains another one, as `git merge-base --is-ancestor` says in the mirror.

#include <afk/adapter/landing_git.hpp>

#include <span>
#include <vector>

namespace afk::adapter {

struct DescentTools {
  Git& git;
  Workspace& workspace;
  const LandingGitSettings& settings;
};

// Brings the mirror's base up to date first, one request per repository. Answers in the order asked.
std::vector<Result<Descent>> compare_commits(const DescentTools& tools, std::span<const DescentQuery> queries);

} // namespace afk::adapter

#pragma once
// Landing of runs whose executor shares no file system with afk: their pods push the run's branch to clone_url.
//
// Before each look the branch is brought from there into a clone of this machine, where LandingGit finds it like that
// of any other run. A candidate that is kept goes to the run's branch on the remote, which it always follows, so that a
// verify turn elsewhere can check it out.
//
// Errors: those of landing_git.hpp.

#include <afk/adapter/landing_git.hpp>

namespace afk::adapter {

struct LandingRemoteSettings {
  LandingGitSettings landing;
  // `read_only`: what a dry run says; the branch is looked at as the last tick brought it.
  enum class Access : std::uint8_t { read_write, read_only } access = Access::read_write;
};

class LandingRemote final : public Landing {
 public:
  // `git` and `workspace` outlive it.
  LandingRemote(Git& git, Workspace& workspace, LandingRemoteSettings settings);

  std::vector<Result<WorkEvidence>> inspect(std::span<const WorkQuery> queries) override;
  Result<std::string> fetch_base_head(const RepositoryName& repository) override;
  std::vector<Result<Descent>> compare(std::span<const DescentQuery> queries) override;
  Result<void> keep_candidate(const WorkQuery& query, const WorkEvidence& evidence) override;
  Result<void> push(const WorkQuery& query, const WorkEvidence& evidence) override;

 private:
  Result<void> bring(const WorkQuery& query);

  Git& git_;
  Workspace& workspace_;
  LandingRemoteSettings settings_;
  LandingGit landing_;
};

} // namespace afk::adapter

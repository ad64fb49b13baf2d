#pragma once
// Landing by git alone: what a run committed in its private clone, whether it merges, and publishing it to clone_url.
//
// The clone belongs to an agent, so no git ever runs in it. Its branch is read as a file; its objects are copied as
// plain files into a folder of afk's own, and from there fetched by a hardened git that checks every object and
// computes every name anew (landing_git_import.hpp). Everything else happens in the mirror.
//
// The candidate is the run's head where it already contains the base. Where the base has moved it is their merge
// (landing = push): base first, run second, by "afk", at the later of the two commit times, with the trailer
// "Afk-Run: <run>", so that every tick and every machine makes the same commit. With landing = pr the candidate is the
// run's head; the forge merges.
//
// What was kept is remembered in the mirror under refs/afk/<attempt>/{head,candidate}/ and decides whether a run has
// landed: its head or candidate is an ancestor of the base. A branch that only follows the base has landed nothing.
//
// With landing = pr what was pushed is remembered under refs/afk/<attempt>/pushed/, because the branch may be gone
// after a merge, and because only what afk itself put there may be replaced: commits of somebody else on the run's
// branch are kept, and the push is refused. With landing = push refs/afk/<attempt>/onto/ remembers what the base was
// before.
//
// A push moves one ref, from exactly the head that was seen, and only forward. Where clone_url is a repository of this
// machine with the base checked out, its work tree moves along if it is clean (receive.denyCurrentBranch=updateInstead
// for this one call); its hooks do not run then, because core.hooksPath may point into the work tree, where the
// agent's files are about to be. The hooks of a bare repository run as with any push: they are its owner's rules.
//
// Errors beside those of git.hpp: `malformed` (the clone was tampered with, or holds what is no commit), `conflict`
// (the base moved, its work tree is not clean: look again), `refused` (the remote said no; histories that share
// nothing), `too_large` (limits below), `configuration` (a repository without settings).

#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/landing_git_import.hpp>
#include <afk/adapter/landing_git_push.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/core/landing_plan.hpp>
#include <afk/port/landing.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>

namespace afk::adapter {

struct LandingRepository {
  RepositorySource source;
  LandingMode landing = LandingMode::push;
};

struct LandingGitSettings {
  // How each repository is reached and landed on.
  std::function<Result<LandingRepository>(const RepositoryName& repository)> find_repository;
  // Where short-lived folders are made: a private one per call, removed before it answers.
  std::filesystem::path scratch_root;
  ImportLimits import_limits;
};

class LandingGit final : public Landing {
 public:
  // `git` and `workspace` outlive it.
  LandingGit(Git& git, Workspace& workspace, LandingGitSettings settings);

  std::vector<Result<WorkEvidence>> inspect(std::span<const WorkQuery> queries) override;
  Result<std::string> fetch_base_head(const RepositoryName& repository) override;
  std::vector<Result<Descent>> compare(std::span<const DescentQuery> queries) override;
  Result<void> keep_candidate(const WorkQuery& query, const WorkEvidence& evidence) override;
  Result<void> push(const WorkQuery& query, const WorkEvidence& evidence) override;

 private:
  Result<void> import_candidate(const WorkQuery& query, const WorkEvidence& evidence,
                                const LandingRepository& repository);
  Result<void> prepare_base_push(const WorkQuery& query, const WorkEvidence& evidence);
  Result<void> check_branch_push(const WorkQuery& query, const RemoteBranches& before, const PushOrder& order);
  Result<void> push_and_read_back(const PushOrder& order);
  Result<void> remember(const WorkQuery& query, std::string name, std::string head);

  Git& git_;
  Workspace& workspace_;
  LandingGitSettings settings_;
};

} // namespace afk::adapter

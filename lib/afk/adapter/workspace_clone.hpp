#pragma once
// Building one working copy that borrows a mirror's objects, and the names of refs in a mirror.

#include <afk/adapter/git.hpp>
#include <afk/adapter/workspace.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace afk::adapter {

struct ClonePlan {
  std::filesystem::path mirror;
  std::filesystem::path destination;
  std::string head;        // an object id of the mirror
  std::string branch;      // created at the head and checked out; "" = detached
  std::string base_branch; // what the branch follows: origin/<base_branch>; "" when detached
};

// In a sibling folder, renamed into place when everything is there and synced; leftovers of earlier ones are removed.
// Fails with `conflict` when the mirror does not hold the head.
Result<void> build_clone(Git& git, const ClonePlan& plan);

[[nodiscard]] std::string derive_mirror_base_ref(std::string_view branch);   // refs/heads/<branch>
[[nodiscard]] std::string derive_attempt_prefix(const AttemptName& attempt); // refs/afk/<attempt>/
[[nodiscard]] std::string derive_start_prefix(const AttemptName& attempt);   // refs/afk/<attempt>/start/

// How git reaches the repository. Fails with `configuration`.
Result<GitRemote> derive_remote(const RepositorySource& source);

} // namespace afk::adapter

#pragma once
// What a repository elsewhere says of its branches, in one request that changes nothing on either side.

#include <afk/adapter/git.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>

namespace afk::adapter {

struct RemoteBranches {
  std::map<std::string, std::string> heads;  // branch -> object id; only those that were asked for and exist
  std::optional<std::string> default_branch; // what the remote's HEAD names, when it names a branch with a commit
};

// Looks at `branches` and the default branch. Errors: those of git.hpp, `malformed` for an answer that is none.
Result<RemoteBranches> look_at_remote(Git& git, const GitRemote& remote, std::span<const std::string> branches);

} // namespace afk::adapter

#pragma once
// Moving one ref of a repository to one commit of a mirror: from exactly the commit that was expected, and nothing
// else.

#include <afk/adapter/git.hpp>

#include <filesystem>
#include <string>

namespace afk::adapter {

struct PushOrder {
  std::filesystem::path mirror;
  GitRemote remote;
  std::string branch;
  std::string expected; // where the branch must be now; "" = it must not exist
  std::string head;     // where it goes
};

// Fails with `conflict` (the branch is elsewhere, or its work tree is not clean), `refused` (the remote's own rules,
// with its words), and as git.hpp says. An outcome that is not known is for the caller to read back.
Result<void> push_commit(Git& git, const PushOrder& order);

} // namespace afk::adapter

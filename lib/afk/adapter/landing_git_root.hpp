#pragma once
// What stands at the root of a commit: which languages a repository is written in is told by it.

#include <afk/adapter/git.hpp>
#include <afk/core/result.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

// Names of files and folders, sorted as git sorts them, at most 10,000: hostile. Of the commit and not of a work tree,
// which its author goes on changing. Fails as git does.
Result<std::vector<std::string>> read_root_entries(Git& git, const GitPlace& place, const std::string& commit);

} // namespace afk::adapter

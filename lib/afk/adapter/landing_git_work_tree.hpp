#pragma once
// The work trees of a repository on this machine, as far as a push must know them.

#include <afk/adapter/git.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace afk::adapter {

struct WorkTrees {
  enum class Form : std::uint8_t { none, some } form = Form::none;
  std::optional<std::filesystem::path> of_branch; // where the branch is checked out
};

struct WorkTreeQuestion {
  GitRemote remote; // local
  std::string branch;
};

// Errors: those of git.hpp for a remote.
Result<WorkTrees> find_work_trees(Git& git, const WorkTreeQuestion& question);

struct WorkTreeMove {
  std::filesystem::path mirror; // holds both heads
  std::filesystem::path work_tree;
  std::string from;
  std::string to;
};

// A file that is in the way: one that the move would create, where the work tree has something that git does not know.
// Git itself protects such files only while no ignore rule names them.
Result<std::optional<std::string>> find_collision(Git& git, const WorkTreeMove& move);

// Whether index and files are at `to` already, while the branch still is at `from`: a machine died in between.
enum class Progress : std::uint8_t { not_moved, moved };
Result<Progress> find_progress(Git& git, const WorkTreeMove& move);

} // namespace afk::adapter

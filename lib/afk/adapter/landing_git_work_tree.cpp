#include <afk/adapter/landing_git_work_tree.hpp>

#include <afk/adapter/file_system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <vector>

#include <sys/stat.h>

namespace afk::adapter {
namespace {

std::vector<std::string_view> split_zero(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// What moving from one commit to another does to paths.
struct PathChanges {
  std::vector<std::string> created;
  std::set<std::string, std::less<>> removed;
};

Result<PathChanges> list_changes(Git& git, const WorkTreeMove& move) {
  GitCall call;
  call.place.git_dir = move.mirror;
  call.arguments = {"diff-tree", "-r", "-z", "--name-status", "--no-renames", "--no-ext-diff", move.from, move.to};
  const auto answer = git.read(call);
  if (!answer.ok()) {
    return answer.error();
  }
  PathChanges changes;
  const auto parts = split_zero(*answer);
  for (std::size_t index = 0; index + 1 < parts.size(); index += 2) {
    if (parts[index] == "A") {
      changes.created.emplace_back(parts[index + 1]);
    } else if (parts[index] == "D") {
      changes.removed.emplace(parts[index + 1]);
    }
  }
  return changes;
}

bool removes_below(const PathChanges& changes, const std::string& folder) {
  const auto next = changes.removed.lower_bound(folder + "/");
  return next != changes.removed.end() && next->starts_with(folder + "/");
}

// Whether `path`, which git does not know, stands in the way; each folder on the way is looked at itself, so that no
// link is followed.
bool collides(const WorkTreeMove& move, const PathChanges& changes, const std::string& path) {
  for (std::size_t end = 0; end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    struct stat status = {};
    if (::lstat((move.work_tree / part).c_str(), &status) != 0) {
      return errno != ENOENT;
    }
    const bool is_folder = S_ISDIR(status.st_mode);
    if (!is_folder && changes.removed.contains(part)) {
      return false; // it makes room itself
    }
    if (!is_folder || end == path.size()) {
      return !is_folder || !removes_below(changes, part);
    }
  }
  return false;
}

} // namespace

Result<WorkTrees> find_work_trees(Git& git, const WorkTreeQuestion& question) {
  GitCall call;
  call.remote = question.remote;
  call.arguments = {"-C", question.remote.url.path.string(), "worktree", "list", "--porcelain", "-z"};
  const auto answer = git.read(call);
  if (!answer.ok()) {
    return answer.error();
  }
  constexpr std::string_view folder_word = "worktree ";
  const std::string branch_line = fmt::format("branch refs/heads/{}", question.branch);
  WorkTrees found;
  std::string_view folder;
  for (const std::string_view line : split_zero(*answer)) {
    if (line.starts_with(folder_word)) {
      folder = line.substr(folder_word.size());
    } else if (line.starts_with("HEAD ")) {
      found.form = WorkTrees::Form::some;
    } else if (line == branch_line) {
      found.of_branch = folder;
    }
  }
  return found;
}

Result<std::optional<std::string>> find_collision(Git& git, const WorkTreeMove& move) {
  const auto changes = list_changes(git, move);
  if (!changes.ok()) {
    return changes.error();
  }
  const auto found =
      std::ranges::find_if(changes->created, [&](const std::string& path) { return collides(move, *changes, path); });
  return found == changes->created.end() ? std::optional<std::string>() : std::optional(*found);
}

Result<Progress> find_progress(Git& git, const WorkTreeMove& move) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"diff-index", "--cached", "--quiet", "--ignore-submodules", move.to, "--"},
        std::vector<std::string>{"update-index", "-q", "--ignore-submodules", "--refresh"},
        std::vector<std::string>{"diff-files", "--quiet", "--ignore-submodules", "--"}}) {
    GitCall call;
    call.arguments = {"-C", move.work_tree.string()};
    call.arguments.insert(call.arguments.end(), arguments.begin(), arguments.end());
    const auto output = git.run(call);
    if (!output.ok()) {
      return output.error();
    }
    if (output->exit_code != 0) {
      return Progress::not_moved;
    }
  }
  return Progress::moved;
}

} // namespace afk::adapter

#pragma once
// The commits behind the fake GitHub: a real bare repository on disk, read and written by Git itself, so that a push
// shows at once and a merge makes a real commit.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::test::github {

struct GitCommit {
  std::string sha = {};
  std::string tree = {};
  std::vector<std::string> parents = {};
  std::string author = {};
  std::string email = {};
  std::int64_t time = 0; // epoch seconds
  std::string message = {};
};

struct GitFile {
  std::string path = {};
  std::string status = {}; // added, modified, removed
};

class Git {
 public:
  explicit Git(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] std::map<std::string, std::string> branches() const;
  [[nodiscard]] std::optional<std::string> branch(const std::string& name) const;

  // A full commit id, a branch, "refs/heads/<branch>" or "heads/<branch>".
  [[nodiscard]] std::optional<std::string> resolve(const std::string& revision) const;
  [[nodiscard]] GitCommit commit(const std::string& sha) const;
  [[nodiscard]] std::optional<std::string> merge_base(const std::string& one, const std::string& two) const;
  [[nodiscard]] std::vector<std::string> between(const std::string& excluded, const std::string& included) const;
  [[nodiscard]] std::vector<GitFile> changed(const std::string& from, const std::string& to) const;

  // The tree of a merge without conflicts.
  [[nodiscard]] std::optional<std::string> merge_tree(const std::string& base, const std::string& head) const;
  [[nodiscard]] std::string commit_tree(const std::string& tree, const std::vector<std::string>& parents,
                                        const std::string& message, std::int64_t time) const;

  // False when the reference is not at `expected` any more ("" = must not exist).
  enum class Outcome : std::uint8_t { done, refused };
  [[nodiscard]] Outcome move_branch(const std::string& name, const std::string& to, const std::string& expected) const;
  [[nodiscard]] Outcome delete_branch(const std::string& name) const;

 private:
  std::string folder_ = {};
};

} // namespace afk::test::github

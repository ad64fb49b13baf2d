#pragma once
// The folders of a directory tracker, each opened and listed once per batch.

#include <afk/adapter/file_system.hpp>
#include <afk/adapter/tracker_directory_files.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <map>
#include <optional>
#include <string>

namespace afk::adapter {

class Repositories {
 public:
  // Fails with `unreachable` when the folder is not there or holds no tracker: a volume that is not mounted must not
  // look like a tracker whose issues were all removed.
  static Result<Repositories> open(const std::string& root);

  [[nodiscard]] const Folder& root() const { return root_; }

  // nullptr: the tracker has no such repository.
  Result<const OpenRepository*> find(const RepositoryName& name);

  Result<const RepositoryContents*> contents(const OpenRepository& repository);

 private:
  explicit Repositories(Folder root) : root_(std::move(root)) {}

  Folder root_;
  std::map<std::string, Result<std::optional<OpenRepository>>> opened_; // by name in lower case
  std::map<std::string, Result<RepositoryContents>> contents_;          // by id
};

inline constexpr std::string_view tracker_file = "tracker.toml";

} // namespace afk::adapter

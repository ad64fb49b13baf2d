#pragma once
// A private folder for the time of one call, and the removal of those whose process was killed.

#include <afk/adapter/file_lock.hpp>
#include <afk/core/result.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace afk::adapter {

class ScratchFolder {
 public:
  // In `root`, which exists. Its owner holds a lock inside it for as long as it lives; folders of ours whose lock is
  // free were left behind by killed processes and are removed.
  static Result<ScratchFolder> create(const std::filesystem::path& root);

  ScratchFolder(ScratchFolder&&) noexcept = default;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  // A new, empty folder inside.
  Result<std::filesystem::path> create_folder(const std::string& name) const;

 private:
  ScratchFolder(std::filesystem::path path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_; // empty after a move
  std::optional<FileLock> lock_;
};

} // namespace afk::adapter

#pragma once
// An exclusive lock between processes (and between holders in one process): flock(2) on an open file or folder. It goes
// with its holder, whatever way that dies, and is close-on-exec; a child that was forked without exec shares it.
//
// Errors: as in file_system.hpp; `configuration` where the file system has no such locks.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace afk::adapter {

class FileLock {
 public:
  // Locks `name`, created empty where it is absent; nobody may ever remove it, or two would hold "the" lock. Waits for
  // at most `patience`, then fails with `unreachable`.
  static Result<FileLock> acquire(const Folder& folder, std::string_view name, Duration patience);

  // Absent: another holder has it now.
  static Result<std::optional<FileLock>> try_acquire(const Folder& folder, std::string_view name);

  // Locks the folder itself: no lock file, hence none that somebody removes.
  static Result<FileLock> acquire_folder(const Folder& folder, Duration patience);

  // The descriptor that carries the lock, for a holder who hands it to a process on purpose.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

 private:
  explicit FileLock(UniqueFd descriptor) : descriptor_(std::move(descriptor)) {}

  static Result<std::optional<FileLock>> try_lock(UniqueFd& descriptor, const std::string& path);
  static Result<FileLock> lock_with_patience(UniqueFd descriptor, const std::string& path, Duration patience);

  UniqueFd descriptor_;
};

} // namespace afk::adapter

#include <afk/adapter/file_lock.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace afk::adapter {

namespace {

// Naps grow, so that a short wait is short and a long one is cheap.
constexpr Duration shortest_nap = std::chrono::milliseconds(1);
constexpr Duration longest_nap = std::chrono::milliseconds(32);

void nap(Duration duration) {
  const auto nanoseconds = std::chrono::nanoseconds(duration);
  const timespec time{.tv_sec = 0, .tv_nsec = static_cast<long>(nanoseconds.count())};
  ::nanosleep(&time, nullptr); // a signal may end it early: one more try then
}

Result<UniqueFd> open_lock(const Folder& folder, const std::string& name) {
  const int descriptor = ::openat(folder.descriptor(), name.c_str(),
                                  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, private_file.bits);
  if (descriptor < 0) {
    return describe_system_error("open the lock", folder.path_of(name), errno);
  }
  UniqueFd owned(descriptor);
  struct stat status = {};
  if (::fstat(owned.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("the lock {} is not a regular file: remove it", folder.path_of(name))};
  }
  return owned;
}

} // namespace

Result<std::optional<FileLock>> FileLock::try_lock(UniqueFd& descriptor, const std::string& path) {
  while (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return std::optional<FileLock>();
    }
    if (errno == EBADF || errno == EOPNOTSUPP || errno == ENOLCK || errno == EINVAL) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("cannot lock {}: its file system has no locks; use a local one", path)};
    }
    if (errno != EINTR) {
      return describe_system_error("lock", path, errno);
    }
  }
  return std::optional(FileLock(std::move(descriptor)));
}

Result<FileLock> FileLock::lock_with_patience(UniqueFd descriptor, const std::string& path, Duration patience) {
  Duration waited{};
  Duration pause = shortest_nap;
  while (true) {
    auto lock = try_lock(descriptor, path);
    if (!lock) {
      return std::move(lock).error();
    }
    if (lock->has_value()) {
      return std::move(**lock);
    }
    if (waited >= patience) {
      return Error{.kind = ErrorKind::unreachable,
                   .message =
                       fmt::format("{} stayed locked by another process for {}", path, render_duration(patience))};
    }
    nap(pause);
    waited += pause;
    pause = std::min(pause * 2, longest_nap);
  }
}

Result<FileLock> FileLock::acquire(const Folder& folder, std::string_view name, Duration patience) {
  auto descriptor = open_lock(folder, std::string(name));
  if (!descriptor) {
    return std::move(descriptor).error();
  }
  return lock_with_patience(std::move(descriptor).value(), folder.path_of(name), patience);
}

Result<std::optional<FileLock>> FileLock::try_acquire(const Folder& folder, std::string_view name) {
  auto descriptor = open_lock(folder, std::string(name));
  if (!descriptor) {
    return std::move(descriptor).error();
  }
  return try_lock(*descriptor, folder.path_of(name));
}

Result<FileLock> FileLock::acquire_folder(const Folder& folder, Duration patience) {
  // A fresh description: a lock belongs to the open file, so that two holders in one process exclude each other too.
  const int descriptor = ::openat(folder.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return describe_system_error("open the folder", folder.path(), errno);
  }
  return lock_with_patience(UniqueFd(descriptor), folder.path(), patience);
}

} // namespace afk::adapter

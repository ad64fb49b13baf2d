#include <afk/adapter/supervisor_lock.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <ctime>
#include <string>

#include <fcntl.h>

namespace afk::adapter {
namespace {

constexpr Duration pause_between_tries = std::chrono::milliseconds(5);

struct flock whole_file() {
  struct flock range{};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return range;
}

Error describe_lock_failure(const std::string& path, int error_number) {
  if (error_number == EINVAL || error_number == ENOLCK || error_number == EOPNOTSUPP) {
    return {.kind = ErrorKind::configuration,
            .message = fmt::format("cannot lock {}: its file system has no such locks; use a local one", path)};
  }
  return describe_system_error("lock", path, error_number);
}

void pause() {
  const auto nanoseconds = std::chrono::nanoseconds(pause_between_tries).count();
  const timespec time{.tv_sec = 0, .tv_nsec = static_cast<long>(nanoseconds)};
  nanosleep(&time, nullptr);
}

} // namespace

Result<std::optional<SupervisorLock>> SupervisorLock::try_acquire(const Folder& folder, std::string_view name,
                                                                  Duration patience) {
  const std::string path = folder.path_of(name);
  UniqueFd file(openat(folder.descriptor(), std::string(name).c_str(),
                       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, private_file.bits));
  if (!file.valid()) {
    return describe_system_error("open the lock", path, errno);
  }
  for (Duration waited{};; waited += pause_between_tries) {
    struct flock range = whole_file();
    if (fcntl(file.get(), F_OFD_SETLK, &range) == 0) {
      return std::optional(SupervisorLock(std::move(file)));
    }
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) {
      return describe_lock_failure(path, errno);
    }
    if (waited >= patience) {
      return std::optional<SupervisorLock>();
    }
    pause();
  }
}

Result<SupervisorLock::Holder> SupervisorLock::probe(const Folder& folder, std::string_view name) {
  const std::string path = folder.path_of(name);
  const UniqueFd file(
      openat(folder.descriptor(), std::string(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    return errno == ENOENT ? Result<Holder>(Holder::never_came)
                           : Result<Holder>(describe_system_error("open the lock", path, errno));
  }
  struct flock range = whole_file();
  if (fcntl(file.get(), F_OFD_GETLK, &range) != 0) {
    return describe_lock_failure(path, errno);
  }
  return range.l_type == F_UNLCK ? Holder::gone : Holder::present;
}

} // namespace afk::adapter

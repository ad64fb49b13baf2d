#include <afk/adapter/supervisor_disk.hpp>

#include <afk/adapter/file_system.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace afk::adapter {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

using FolderStream = std::unique_ptr<DIR, CloseFolder>;

constexpr std::int64_t block_size = 512; // st_blocks counts these, whatever the file system uses

class Measurement {
 public:
  explicit Measurement(const DiskLimit& limit) : limit_(limit) {}

  // Adds one of the folders and everything below it.
  DiskUse add_root(const std::string& path) {
    UniqueFd folder(open(path.c_str(), folder_flags));
    if (!folder.valid()) {
      return judge_failure(errno);
    }
    struct stat status{};
    if (fstat(folder.get(), &status) != 0) {
      return judge_failure(errno);
    }
    devices_.insert(status.st_dev);
    return add_folder(std::move(folder), 0);
  }

  // Adds the files that have no name any more and live as long as the process holds them.
  DiskUse add_process(pid_t process) {
    const FolderStream stream(opendir(fmt::format("/proc/{}/fd", process).c_str()));
    if (!stream) {
      return DiskUse::within_limit; // ended meanwhile, or not ours to look into
    }
    const int descriptor = dirfd(stream.get());
    while (const dirent* entry = readdir(stream.get())) {
      struct stat status{};
      if (fstatat(descriptor, static_cast<const char*>(entry->d_name), &status, 0) == 0 && S_ISREG(status.st_mode) &&
          status.st_nlink == 0 && devices_.contains(status.st_dev) && add_blocks(status) == DiskUse::over_limit) {
        return DiskUse::over_limit;
      }
    }
    return DiskUse::within_limit;
  }

 private:
  static constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

  // What is gone uses nothing; what hides might use anything.
  static DiskUse judge_failure(int error) { return error == ENOENT ? DiskUse::within_limit : DiskUse::over_limit; }

  DiskUse add_folder(UniqueFd folder, int depth) {
    if (depth > limit_.depth) {
      return DiskUse::over_limit;
    }
    const FolderStream stream(fdopendir(folder.get()));
    if (!stream) {
      return judge_failure(errno);
    }
    const int descriptor = folder.release(); // the stream closes it
    errno = 0;
    while (const dirent* entry = readdir(stream.get())) {
      const std::string_view name(static_cast<const char*>(entry->d_name));
      if (name != "." && name != ".." && add_entry(descriptor, entry->d_name, depth) == DiskUse::over_limit) {
        return DiskUse::over_limit;
      }
      errno = 0;
    }
    return errno == 0 ? DiskUse::within_limit : judge_failure(errno);
  }

  DiskUse add_entry(int folder, const char* name, int depth) {
    struct stat status{};
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return judge_failure(errno);
    }
    if (add_blocks(status) == DiskUse::over_limit) {
      return DiskUse::over_limit;
    }
    if (!S_ISDIR(status.st_mode)) {
      return DiskUse::within_limit;
    }
    UniqueFd inner(openat(folder, name, folder_flags));
    return inner.valid() ? add_folder(std::move(inner), depth + 1) : judge_failure(errno);
  }

  DiskUse add_blocks(const struct stat& status) {
    const bool has_one_name = S_ISDIR(status.st_mode) || status.st_nlink == 1;
    if (has_one_name || counted_.emplace(status.st_dev, status.st_ino).second) {
      used_ += static_cast<std::int64_t>(status.st_blocks) * block_size;
    }
    return used_ > limit_.bytes ? DiskUse::over_limit : DiskUse::within_limit;
  }

  DiskLimit limit_;
  std::int64_t used_ = 0;
  std::set<dev_t> devices_;                   // of the folders
  std::set<std::pair<dev_t, ino_t>> counted_; // of the files that can be met more than once
};

} // namespace

DiskUse measure_disk_use(std::span<const std::string> folders, std::span<const pid_t> processes,
                         const DiskLimit& limit) {
  Measurement measurement(limit);
  for (const std::string& path : folders) {
    if (measurement.add_root(path) == DiskUse::over_limit) {
      return DiskUse::over_limit;
    }
  }
  for (const pid_t process : processes) {
    if (measurement.add_process(process) == DiskUse::over_limit) {
      return DiskUse::over_limit;
    }
  }
  return DiskUse::within_limit;
}

} // namespace afk::adapter

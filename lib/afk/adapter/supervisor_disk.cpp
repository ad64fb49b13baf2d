#include <afk/adapter/supervisor_disk.hpp>

#include <afk/adapter/file_system.hpp>

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

  // Adds one open folder and everything below it.
  DiskUse add_folder(UniqueFd folder, int depth) {
    if (depth > limit_.depth) {
      return DiskUse::over_limit;
    }
    const FolderStream stream(fdopendir(folder.get()));
    if (!stream) {
      return DiskUse::within_limit;
    }
    const int descriptor = folder.release(); // the stream closes it
    while (const dirent* entry = readdir(stream.get())) {
      const std::string_view name(static_cast<const char*>(entry->d_name));
      if (name != "." && name != ".." && add_entry(descriptor, entry->d_name, depth) == DiskUse::over_limit) {
        return DiskUse::over_limit;
      }
    }
    return DiskUse::within_limit;
  }

 private:
  DiskUse add_entry(int folder, const char* name, int depth) {
    struct stat status{};
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return DiskUse::within_limit; // gone meanwhile
    }
    const bool is_folder = S_ISDIR(status.st_mode);
    if (is_folder || status.st_nlink < 2 || counted_.emplace(status.st_dev, status.st_ino).second) {
      used_ += static_cast<std::int64_t>(status.st_blocks) * block_size;
    }
    if (used_ > limit_.bytes) {
      return DiskUse::over_limit;
    }
    if (!is_folder) {
      return DiskUse::within_limit;
    }
    UniqueFd inner(openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    return inner.valid() ? add_folder(std::move(inner), depth + 1) : DiskUse::within_limit;
  }

  DiskLimit limit_;
  std::int64_t used_ = 0;
  std::set<std::pair<dev_t, ino_t>> counted_; // of the files with several names
};

} // namespace

DiskUse measure_disk_use(std::span<const std::string> folders, const DiskLimit& limit) {
  Measurement measurement(limit);
  for (const std::string& path : folders) {
    UniqueFd folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (folder.valid() && measurement.add_folder(std::move(folder), 0) == DiskUse::over_limit) {
      return DiskUse::over_limit;
    }
  }
  return DiskUse::within_limit;
}

} // namespace afk::adapter

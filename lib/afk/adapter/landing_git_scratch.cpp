#include <afk/adapter/landing_git_scratch.hpp>

#include <afk/adapter/file_system.hpp>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr std::string_view prefix = "afk-scratch-";
constexpr std::string_view lock_name = "lock";
constexpr int most_tries = 10;

bool is_ours(const Folder& folder) {
  struct stat status = {};
  return ::fstat(folder.descriptor(), &status) == 0 && status.st_uid == ::geteuid();
}

// What cannot be removed now is removed by a later call: leftovers are no reason to fail.
void remove_leftovers(const Folder& root) {
  const auto entries = root.list();
  if (!entries.ok()) {
    return;
  }
  for (const auto& entry : *entries) {
    if (!entry.name.starts_with(prefix)) {
      continue;
    }
    const auto folder = root.try_open_folder(entry.name);
    if (!folder.ok() || !folder->has_value() || !is_ours(**folder)) {
      continue;
    }
    const auto lock = FileLock::try_acquire(**folder, lock_name);
    if (lock.ok() && lock->has_value()) {
      static_cast<void>(root.remove_tree(entry.name).ok());
    }
  }
}

} // namespace

Result<ScratchFolder> ScratchFolder::create(const std::filesystem::path& root) {
  const auto opened = Folder::open(root.string());
  if (!opened.ok()) {
    return opened.error();
  }
  remove_leftovers(*opened);
  for (int tries = 0; tries < most_tries; ++tries) {
    std::string path = root / (std::string(prefix) + "XXXXXX");
    if (::mkdtemp(path.data()) == nullptr) {
      return describe_system_error("create the folder", path, errno);
    }
    // Another process may take the new folder for a leftover until it is locked: then it is gone, and the next try
    // gets another name.
    const auto folder = Folder::open(path);
    if (!folder.ok()) {
      continue;
    }
    auto lock = FileLock::try_acquire(*folder, lock_name);
    if (lock.ok() && lock->has_value()) {
      const auto still = folder->try_stamp(lock_name);
      if (still.ok() && still->has_value()) {
        return ScratchFolder(path, std::move(**lock));
      }
    }
  }
  return Error{.kind = ErrorKind::io, .message = "cannot keep a folder in " + root.string() + ": others remove it"};
}

ScratchFolder::~ScratchFolder() {
  if (!path_.empty()) {
    static_cast<void>(remove_tree(path_.string()).ok());
  }
}

Result<std::filesystem::path> ScratchFolder::create_folder(const std::string& name) const {
  std::filesystem::path path = path_ / name;
  std::error_code failure;
  if (!std::filesystem::create_directory(path, failure)) {
    return describe_system_error("create the folder", path.string(), failure ? failure.value() : EEXIST);
  }
  return path;
}

} // namespace afk::adapter

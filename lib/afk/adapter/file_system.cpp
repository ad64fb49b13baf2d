#include <afk/adapter/file_system.hpp>

#include <afk/core/check.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {

namespace {

constexpr std::size_t read_step = 64UL * 1024UL; // for files that do not know their size or grow while they are read
constexpr int deepest_tree = 200;

// Repeats a system call that a signal interrupted.
template <typename Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

bool is_entry_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

std::int64_t to_nanoseconds(const timespec& time) {
  constexpr std::int64_t per_second = 1'000'000'000;
  return static_cast<std::int64_t>(time.tv_sec) * per_second + static_cast<std::int64_t>(time.tv_nsec);
}

FileStamp make_stamp(const struct stat& status) {
  return FileStamp{.device = status.st_dev,
                   .inode = status.st_ino,
                   .size = static_cast<std::int64_t>(status.st_size),
                   .modified_ns = to_nanoseconds(status.st_mtim)};
}

EntryKind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) {
    return EntryKind::file;
  }
  if (S_ISDIR(mode)) {
    return EntryKind::folder;
  }
  return S_ISLNK(mode) ? EntryKind::symbolic_link : EntryKind::other;
}

Error not_a_regular_file(std::string_view path) {
  return Error{.kind = ErrorKind::malformed,
               .message = fmt::format("{} is not a regular file: replace it by one, or remove it", path)};
}

Error too_many_bytes(std::string_view path, std::size_t max_bytes) {
  return Error{.kind = ErrorKind::too_large, .message = fmt::format("{} has more than {} bytes", path, max_bytes)};
}

// Reads until the end or until there is more than `max_bytes`.
Result<void> read_open_file(int descriptor, std::size_t expected, std::size_t max_bytes, std::string_view path,
                            std::string& buffer) {
  std::size_t used = 0;
  std::size_t room = expected + 1; // one more than the file has, so that one read finds the end
  while (true) {
    ssize_t got = 0;
    buffer.resize_and_overwrite(used + room, [&](char* bytes, std::size_t) {
      got = retry_interrupted([&] { return ::read(descriptor, bytes + used, room); });
      return used + static_cast<std::size_t>(got > 0 ? got : 0);
    });
    if (got < 0) {
      return describe_system_error("read", path, errno);
    }
    used += static_cast<std::size_t>(got);
    if (used > max_bytes) {
      return too_many_bytes(path, max_bytes);
    }
    if (static_cast<std::size_t>(got) < room) {
      return {};
    }
    room = read_step;
  }
}

Result<void> write_all(int descriptor, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t put = retry_interrupted([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (put < 0) {
      return describe_system_error("write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_descriptor(int descriptor, std::string_view path) {
  if (retry_interrupted([&] { return ::fsync(descriptor); }) != 0) {
    return describe_system_error("sync", path, errno);
  }
  return {};
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

using FolderStream = std::unique_ptr<DIR, CloseFolder>;

struct PathParts {
  std::string folder;
  std::string name;
};

Result<PathParts> split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  PathParts parts;
  parts.name = slash == std::string::npos ? path : path.substr(slash + 1);
  parts.folder = slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
  if (!is_entry_name(parts.name)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("\"{}\" does not end in the name of a file", path)};
  }
  return parts;
}

// Runs `action(folder, name)` on the folder in front of the path's last name.
template <typename Action>
auto with_folder_of(const std::string& path, Action action) -> decltype(action(std::declval<const Folder&>(), path)) {
  const auto parts = split_path(path);
  if (!parts) {
    return parts.error();
  }
  const auto folder = Folder::open(parts->folder);
  if (!folder) {
    return folder.error();
  }
  return action(*folder, parts->name);
}

ErrorKind derive_error_kind(int error_number) {
  switch (error_number) {
  case ENOENT:
    return ErrorKind::not_found;
  case EACCES:
  case EPERM:
  case EROFS:
    return ErrorKind::forbidden;
  case ELOOP:
  case ENOTDIR:
  case EISDIR:
  case ENXIO: // a FIFO or a socket that nobody serves
  case ENAMETOOLONG:
    return ErrorKind::malformed;
  case EFBIG:
    return ErrorKind::too_large;
  default:
    return ErrorKind::io;
  }
}

Result<void> remove_tree_below(const Folder& folder, std::string_view name, int depth) {
  const auto kind = folder.try_kind(name);
  if (!kind) {
    return kind.error();
  }
  if (!kind->has_value()) {
    return {};
  }
  if (**kind != EntryKind::folder) {
    return folder.remove_file(name);
  }
  if (depth >= deepest_tree) {
    return Error{.kind = ErrorKind::too_large,
                 .message = fmt::format("{} is nested too deeply to be removed", folder.path_of(name))};
  }
  const auto inner = folder.try_open_folder(name);
  if (!inner) {
    return inner.error();
  }
  if (inner->has_value()) {
    const auto entries = (*inner)->list();
    if (!entries) {
      return entries.error();
    }
    for (const FolderEntry& entry : *entries) {
      if (auto removed = remove_tree_below(**inner, entry.name, depth + 1); !removed) {
        return removed;
      }
    }
  }
  if (::unlinkat(folder.descriptor(), std::string(name).c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return describe_system_error("remove", folder.path_of(name), errno);
  }
  return {};
}

} // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    descriptor_ = other.release();
  }
  return *this;
}

int UniqueFd::release() {
  return std::exchange(descriptor_, -1);
}

void UniqueFd::reset() {
  if (const int descriptor = release(); descriptor >= 0) {
    ::close(descriptor); // what had to reach the disk was synced before, so that a failure here loses nothing
  }
}

Error describe_system_error(std::string_view action, std::string_view path, int error_number) {
  const char* reason = ::strerrordesc_np(error_number);
  std::string_view cure;
  if (error_number == ELOOP) {
    cure = " (a symbolic link: replace it by what it stands for)";
  } else if (error_number == EROFS || error_number == EACCES || error_number == EPERM) {
    cure = " (check the owner and the permissions)";
  } else if (error_number == ENOSPC || error_number == EDQUOT) {
    cure = " (make room, then try again)";
  }
  return Error{.kind = derive_error_kind(error_number),
               .message =
                   fmt::format("cannot {} {}: {}{}", action, path, reason == nullptr ? "unknown error" : reason, cure)};
}

Timestamp FileBytes::modified_at() const {
  return Timestamp(std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(stamp.modified_ns)));
}

std::string derive_staged_name(std::string_view name) {
  return fmt::format(".{}.tmp", name);
}

Result<Folder> Folder::open(const std::string& path) {
  const int descriptor = retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) {
    return describe_system_error("open the folder", path, errno);
  }
  return Folder(UniqueFd(descriptor), path);
}

std::string Folder::path_of(std::string_view name) const {
  return path_.ends_with('/') ? fmt::format("{}{}", path_, name) : fmt::format("{}/{}", path_, name);
}

Result<UniqueFd> Folder::open_entry(std::string_view action, std::string_view name, int flags, mode_t mode) const {
  if (!is_entry_name(name)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("\"{}\" is not the name of an entry of {}", name, path_)};
  }
  const std::string entry(name);
  const int descriptor = retry_interrupted(
      [&] { return ::openat(descriptor_.get(), entry.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode); });
  if (descriptor < 0) {
    return describe_system_error(action, path_of(name), errno);
  }
  return UniqueFd(descriptor);
}

Result<std::optional<Folder>> Folder::try_open_folder(std::string_view name) const {
  auto descriptor = open_entry("open the folder", name, O_RDONLY | O_DIRECTORY, 0);
  if (!descriptor) {
    if (descriptor.error().kind == ErrorKind::not_found) {
      return std::optional<Folder>();
    }
    return std::move(descriptor).error();
  }
  return std::optional(Folder(std::move(descriptor).value(), path_of(name)));
}

Result<Creation> Folder::create_folder(std::string_view name, FolderMode mode) const {
  if (!is_entry_name(name)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("\"{}\" is not the name of an entry of {}", name, path_)};
  }
  if (::mkdirat(descriptor_.get(), std::string(name).c_str(), mode.bits) != 0) {
    if (errno == EEXIST) {
      return Creation::existed;
    }
    return describe_system_error("create the folder", path_of(name), errno);
  }
  if (auto synced = sync(); !synced) {
    return std::move(synced).error();
  }
  return Creation::created;
}

Result<Folder> Folder::open_or_create_folder(std::string_view name, FolderMode mode) const {
  if (auto created = create_folder(name, mode); !created) {
    return std::move(created).error();
  }
  auto folder = try_open_folder(name);
  if (!folder) {
    return std::move(folder).error();
  }
  if (!folder->has_value()) {
    return describe_system_error("open the folder", path_of(name), ENOENT);
  }
  return std::move(**folder);
}

Result<std::vector<FolderEntry>> Folder::list(std::size_t max_entries) const {
  // A descriptor of its own: the position of a folder stream belongs to the open file, not to the descriptor.
  const int fresh =
      retry_interrupted([&] { return ::openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fresh < 0) {
    return describe_system_error("list the folder", path_, errno);
  }
  const FolderStream stream(::fdopendir(fresh));
  if (!stream) {
    const int problem = errno;
    ::close(fresh);
    return describe_system_error("list the folder", path_, problem);
  }
  std::vector<FolderEntry> entries;
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(stream.get());
    if (entry == nullptr) {
      break;
    }
    const std::string_view name(static_cast<const char*>(entry->d_name));
    if (name == "." || name == "..") {
      continue;
    }
    if (entries.size() == max_entries) {
      return Error{.kind = ErrorKind::too_large,
                   .message = fmt::format("the folder {} has more than {} entries", path_, max_entries)};
    }
    EntryKind kind = EntryKind::other;
    if (entry->d_type != DT_UNKNOWN) {
      kind = kind_of_mode(DTTOIF(entry->d_type));
    } else if (const auto asked = try_kind(name); asked && asked->has_value()) {
      kind = **asked;
    }
    entries.push_back({.name = std::string(name), .kind = kind});
  }
  if (errno != 0) {
    return describe_system_error("list the folder", path_, errno);
  }
  return entries;
}

Result<std::optional<EntryKind>> Folder::try_kind(std::string_view name) const {
  struct stat status = {};
  if (::fstatat(descriptor_.get(), std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) {
      return std::optional<EntryKind>();
    }
    return describe_system_error("look at", path_of(name), errno);
  }
  return std::optional(kind_of_mode(status.st_mode));
}

Result<std::optional<FileStamp>> Folder::try_stamp(std::string_view name) const {
  struct stat status = {};
  if (::fstatat(descriptor_.get(), std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) {
      return std::optional<FileStamp>();
    }
    return describe_system_error("look at", path_of(name), errno);
  }
  return std::optional(make_stamp(status));
}

Result<std::optional<FileStamp>> Folder::try_read_into(std::string_view name, std::size_t max_bytes,
                                                       std::string& buffer) const {
  // Without O_NONBLOCK the opening of a FIFO would wait for a writer.
  const auto file = open_entry("read", name, O_RDONLY | O_NONBLOCK, 0);
  if (!file) {
    if (file.error().kind == ErrorKind::not_found) {
      return std::optional<FileStamp>();
    }
    return file.error();
  }
  struct stat status = {};
  if (::fstat(file->get(), &status) != 0) {
    return describe_system_error("look at", path_of(name), errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return not_a_regular_file(path_of(name));
  }
  if (std::cmp_greater(status.st_size, max_bytes)) {
    return too_many_bytes(path_of(name), max_bytes);
  }
  if (auto read = read_open_file(file->get(), static_cast<std::size_t>(status.st_size), max_bytes, name, buffer);
      !read) {
    return std::move(read).error();
  }
  return std::optional(make_stamp(status));
}

Result<std::optional<FileBytes>> Folder::try_read(std::string_view name, std::size_t max_bytes) const {
  FileBytes file;
  const auto stamp = try_read_into(name, max_bytes, file.bytes);
  if (!stamp) {
    return stamp.error();
  }
  if (!stamp->has_value()) {
    return std::optional<FileBytes>();
  }
  file.stamp = **stamp;
  return std::optional(std::move(file));
}

Result<void> Folder::stage(std::string_view name, std::string_view bytes, FileMode mode) const {
  const std::string staged = derive_staged_name(name);
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL;
  // What a crash left behind is unlinked, not truncated: it could be a link that somebody put there.
  if (auto discarded = discard_staged(name); !discarded) {
    return discarded;
  }
  const auto file = open_entry("create", staged, flags, mode.bits);
  if (!file) {
    return file.error();
  }
  struct stat status = {};
  if (::fstatat(descriptor_.get(), std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISREG(status.st_mode)) {
    if (status.st_uid != ::geteuid() || status.st_gid != ::getegid()) {
      // Only root may give a file away; for everybody else the new file simply is their own.
      static_cast<void>(::fchown(file->get(), status.st_uid, status.st_gid) == 0);
    }
    constexpr mode_t permission_bits = 0777;
    if (::fchmod(file->get(), status.st_mode & permission_bits) != 0) {
      return describe_system_error("set the permissions of", path_of(staged), errno);
    }
  }
  if (auto written = write_all(file->get(), bytes, path_of(staged)); !written) {
    static_cast<void>(discard_staged(name).ok()); // the first error is the one to tell
    return written;
  }
  return sync_descriptor(file->get(), path_of(staged));
}

Result<void> Folder::publish_staged(std::string_view name) const {
  const std::string staged = derive_staged_name(name);
  return rename({.from = staged, .to = name});
}

Result<void> Folder::discard_staged(std::string_view name) const {
  return remove_file(derive_staged_name(name));
}

Result<std::optional<EntryKind>> Folder::try_staged(std::string_view name) const {
  return try_kind(derive_staged_name(name));
}

Result<void> Folder::write_atomic(std::string_view name, std::string_view bytes, FileMode mode) const {
  if (auto staged = stage(name, bytes, mode); !staged) {
    return staged;
  }
  return publish_staged(name);
}

Result<void> Folder::append_durable(std::string_view name, std::string_view bytes, FileMode mode) const {
  bool created = false;
  auto file = open_entry("append to", name, O_WRONLY | O_APPEND | O_NONBLOCK, 0);
  if (!file && file.error().kind == ErrorKind::not_found) {
    created = true;
    file = open_entry("create", name, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode.bits);
  }
  if (!file) {
    return std::move(file).error();
  }
  struct stat status = {};
  if (::fstat(file->get(), &status) != 0) {
    return describe_system_error("look at", path_of(name), errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return not_a_regular_file(path_of(name));
  }
  if (auto written = write_all(file->get(), bytes, path_of(name)); !written) {
    // A full disk may have taken a part: what was appended goes again, so that nobody reads half a record.
    static_cast<void>(::ftruncate(file->get(), status.st_size) == 0);
    return written;
  }
  if (auto synced = sync_descriptor(file->get(), path_of(name)); !synced) {
    return synced;
  }
  return created ? sync() : Result<void>();
}

Result<void> Folder::truncate(std::string_view name, std::int64_t size) const {
  const auto file = open_entry("truncate", name, O_WRONLY | O_NONBLOCK, 0);
  if (!file) {
    return file.error();
  }
  if (retry_interrupted([&] { return ::ftruncate(file->get(), size); }) != 0) {
    return describe_system_error("truncate", path_of(name), errno);
  }
  return sync_descriptor(file->get(), path_of(name));
}

Result<void> Folder::remove_file(std::string_view name) const {
  if (!is_entry_name(name)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("\"{}\" is not the name of an entry of {}", name, path_)};
  }
  if (::unlinkat(descriptor_.get(), std::string(name).c_str(), 0) != 0 && errno != ENOENT) {
    return describe_system_error("remove", path_of(name), errno);
  }
  return {};
}

Result<void> Folder::remove_tree(std::string_view name) const {
  if (auto removed = remove_tree_below(*this, name, 0); !removed) {
    return removed;
  }
  return sync();
}

Result<void> Folder::rename(Move move) const {
  if (!is_entry_name(move.from) || !is_entry_name(move.to)) {
    return Error{.kind = ErrorKind::malformed,
                 .message =
                     fmt::format("\"{}\" and \"{}\" are not both names of entries of {}", move.from, move.to, path_)};
  }
  if (::renameat(descriptor_.get(), std::string(move.from).c_str(), descriptor_.get(), std::string(move.to).c_str()) !=
      0) {
    return describe_system_error("replace", path_of(move.to), errno);
  }
  return sync();
}

Result<void> Folder::sync() const {
  return sync_descriptor(descriptor_.get(), path_);
}

Result<std::optional<std::string>> try_read_file(const std::string& path, std::size_t max_bytes) {
  const auto parts = split_path(path);
  if (!parts) {
    return parts.error();
  }
  const auto folder = Folder::open(parts->folder);
  if (!folder) {
    if (folder.error().kind == ErrorKind::not_found) {
      return std::optional<std::string>();
    }
    return folder.error();
  }
  auto file = folder->try_read(parts->name, max_bytes);
  if (!file) {
    return std::move(file).error();
  }
  return file->has_value() ? std::optional(std::move((*file)->bytes)) : std::nullopt;
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  auto file = try_read_file(path, max_bytes);
  if (!file) {
    return std::move(file).error();
  }
  if (!file->has_value()) {
    return describe_system_error("read", path, ENOENT);
  }
  return std::move(**file);
}

Result<void> write_atomic(const std::string& path, std::string_view bytes, FileMode mode) {
  return with_folder_of(
      path, [&](const Folder& folder, const std::string& name) { return folder.write_atomic(name, bytes, mode); });
}

Result<void> append_durable(const std::string& path, std::string_view bytes, FileMode mode) {
  return with_folder_of(
      path, [&](const Folder& folder, const std::string& name) { return folder.append_durable(name, bytes, mode); });
}

Result<void> remove_file(const std::string& path) {
  return with_folder_of(path, [](const Folder& folder, const std::string& name) { return folder.remove_file(name); });
}

Result<void> remove_tree(const std::string& path) {
  return with_folder_of(path, [](const Folder& folder, const std::string& name) { return folder.remove_tree(name); });
}

Result<void> create_folders(const std::string& path, FolderMode mode) {
  if (auto there = Folder::open(path); there || there.error().kind != ErrorKind::not_found) {
    return there ? Result<void>() : Result<void>(std::move(there).error());
  }
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.ends_with('/')) {
    trimmed.pop_back();
  }
  const auto parts = split_path(trimmed);
  if (!parts) {
    return parts.error();
  }
  if (auto parent = create_folders(parts->folder, mode); !parent) {
    return parent;
  }
  return with_folder_of(trimmed, [&](const Folder& folder, const std::string& name) -> Result<void> {
    if (auto created = folder.create_folder(name, mode); !created) {
      return std::move(created).error();
    }
    return {};
  });
}

} // namespace afk::adapter

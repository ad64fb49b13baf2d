#pragma once
// The local file system with the promises that a program needs which may be killed at any instruction.
//
// Atomic: a reader sees the old bytes or the new ones, never a mixture. Durable: once the function has answered, the
// bytes survive a power loss (the file is synced, then its folder). Contained: a name below a Folder is one entry of
// that folder; symbolic links and entries that are no regular files are refused and never followed. Every descriptor is
// close-on-exec.
//
// Errors: `not_found` (no such entry), `forbidden` (permission, read-only file system), `malformed` (a symbolic link,
// a folder, a device where a regular file was expected), `too_large` (more bytes than the caller allows), `io` (the
// rest: disk full, I/O error, too many descriptors). Messages name the path and the cure where there is one.

#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace afk::adapter {

// Owns a descriptor and closes it.
class UniqueFd {
 public:
  UniqueFd() = default;

  explicit UniqueFd(int descriptor) : descriptor_(descriptor) {}

  UniqueFd(UniqueFd&& other) noexcept : descriptor_(other.release()) {}

  UniqueFd& operator=(UniqueFd&& other) noexcept;

  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;

  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return descriptor_; }

  [[nodiscard]] bool valid() const { return descriptor_ >= 0; }

  // Gives the descriptor away without closing it.
  [[nodiscard]] int release();

  void reset();

 private:
  int descriptor_ = -1;
};

// The error for a failed system call; `action` reads like "write", `path` is shown as it is.
[[nodiscard]] Error describe_system_error(std::string_view action, std::string_view path, int error_number);

enum class EntryKind : std::uint8_t { file, folder, symbolic_link, other };

struct FolderEntry {
  std::string name;
  EntryKind kind = EntryKind::other;
};

// What tells one state of a file from another without reading it. Equal stamps mean unchanged, as far as the kernel's
// clock resolves (a few milliseconds) or the file was replaced rather than written in place.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0; // since the epoch

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct FileBytes {
  std::string bytes;
  FileStamp stamp;

  [[nodiscard]] Timestamp modified_at() const;
};

enum class Creation : std::uint8_t { created, existed };

// Permission bits of what is created, before the umask.
struct FileMode {
  mode_t bits = 0666;
};

struct FolderMode {
  mode_t bits = 0777;
};

inline constexpr FileMode private_file{.bits = 0600};
inline constexpr FolderMode private_folder{.bits = 0700};

// A folder that is held open: what happens below it happens in this very folder, even when it is renamed meanwhile.
// Names are single entries (no '/', not "." or ".."); anything else is `malformed`.
class Folder {
 public:
  // Symbolic links inside `path` are followed: it is the operator who names it.
  static Result<Folder> open(const std::string& path);

  // Absent: there is no such entry. `malformed` when it is no folder or a symbolic link.
  [[nodiscard]] Result<std::optional<Folder>> try_open_folder(std::string_view name) const;

  // Created durably where it is absent.
  [[nodiscard]] Result<Folder> open_or_create_folder(std::string_view name, FolderMode mode = {}) const;

  // Durable mkdir: exactly one of several processes is told `created`.
  [[nodiscard]] Result<Creation> create_folder(std::string_view name, FolderMode mode = {}) const;

  // Every entry but "." and "..", in the order of the file system. Fails with `too_large` past `max_entries`.
  [[nodiscard]] Result<std::vector<FolderEntry>> list(std::size_t max_entries = 1'000'000) const;

  [[nodiscard]] Result<std::optional<EntryKind>> try_kind(std::string_view name) const;

  // Absent: there is no such entry. `max_bytes` is the most that is read.
  [[nodiscard]] Result<std::optional<FileBytes>> try_read(std::string_view name, std::size_t max_bytes) const;

  // The same into a buffer that the caller uses again for the next file. Answers the stamp.
  [[nodiscard]] Result<std::optional<FileStamp>> try_read_into(std::string_view name, std::size_t max_bytes,
                                                               std::string& buffer) const;

  // Absent: there is no such entry. Costs one system call.
  [[nodiscard]] Result<std::optional<FileStamp>> try_stamp(std::string_view name) const;

  // Atomic and durable: stage, then publish. The caller holds a lock that covers `name`: the staged file has a fixed
  // name, so that a crash leaves at most one behind and the next write takes it over.
  [[nodiscard]] Result<void> write_atomic(std::string_view name, std::string_view bytes, FileMode mode = {}) const;

  // The two halves, for callers who do something in between. A staged file is complete and synced, and invisible under
  // `name`. Where `name` exists already its permission bits are kept, and its owner as far as this process may.
  [[nodiscard]] Result<void> stage(std::string_view name, std::string_view bytes, FileMode mode = {}) const;
  [[nodiscard]] Result<void> publish_staged(std::string_view name) const;
  [[nodiscard]] Result<void> discard_staged(std::string_view name) const; // absent: nothing to do
  [[nodiscard]] Result<std::optional<EntryKind>> try_staged(std::string_view name) const;

  // One write at the end of the file, then a sync of it, and of the folder where the file is new. Durable, and whole
  // unless the process or the machine dies inside: a torn end is for the caller to find and to cut off.
  [[nodiscard]] Result<void> append_durable(std::string_view name, std::string_view bytes, FileMode mode = {}) const;

  // Cuts a file to `size` bytes, durably.
  [[nodiscard]] Result<void> truncate(std::string_view name, std::int64_t size) const;

  // An absent file or tree is removed already. Trees: symbolic links are removed, not followed.
  [[nodiscard]] Result<void> remove_file(std::string_view name) const;
  [[nodiscard]] Result<void> remove_tree(std::string_view name) const;

  // Atomic and durable, both names in this folder; what stood under `to` is replaced.
  struct Move {
    std::string_view from;
    std::string_view to;
  };

  [[nodiscard]] Result<void> rename(Move move) const;

  [[nodiscard]] Result<void> sync() const;

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

  // As it was opened; for messages.
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] std::string path_of(std::string_view name) const;

 private:
  Folder(UniqueFd descriptor, std::string path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  [[nodiscard]] Result<UniqueFd> open_entry(std::string_view action, std::string_view name, int flags,
                                            mode_t mode) const;

  UniqueFd descriptor_;
  std::string path_;
};

// The name under which `name` is staged.
[[nodiscard]] std::string derive_staged_name(std::string_view name);

// The same for callers who have one path in hand. The folder in front of the last name is opened with its symbolic
// links followed; the last name is treated as above.
Result<std::optional<std::string>> try_read_file(const std::string& path, std::size_t max_bytes);
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);
Result<void> write_atomic(const std::string& path, std::string_view bytes, FileMode mode = {});
Result<void> append_durable(const std::string& path, std::string_view bytes, FileMode mode = {});
Result<void> remove_file(const std::string& path);
Result<void> remove_tree(const std::string& path);

// mkdir -p, durably.
Result<void> create_folders(const std::string& path, FolderMode mode = {});

} // namespace afk::adapter

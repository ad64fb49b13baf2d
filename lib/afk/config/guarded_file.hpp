#pragma once
// Files whose content decides what is done, or that hold a secret: who owns them, who else could read or replace them.
//
// Every folder on the way is looked at as well, from the root on and through the descriptor that the next step starts
// from, so that nobody can exchange what has been looked at.

#include <afk/config/keys.hpp>
#include <afk/core/result.hpp>
#include <afk/core/secret.hpp>

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace afk::config {

struct FileFacts {
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0; // as st_mode
};

// What speaks against a regular file; nothing where it is right. `user` is the effective user.
//   trusted, secret: owned by the user or root, written by nobody else
//   secret: read by nobody else; by a group only where root owns the file
[[nodiscard]] std::optional<std::string> judge_file(const FileFacts& file, FileUse use, uid_t user);

enum class Mount : std::uint8_t { writable, read_only };

struct FolderFacts {
  FileFacts folder;
  Mount mount = Mount::writable;
  uid_t entry_owner = 0; // of what is looked up in it
  bool entry_is_symlink = false;
};

// What speaks against looking an entry up in a folder: somebody else could exchange the entry. In a folder with the
// sticky bit, as /tmp, an entry of the user or root is safe; a symbolic link is followed only where nobody else writes.
[[nodiscard]] std::optional<std::string> judge_folder(const FolderFacts& facts, uid_t user);

struct GuardedRead {
  std::string path; // absolute
  FileUse use = FileUse::trusted;
  std::size_t limit = 0; // bytes
};

// Fails with `not_found`, `forbidden` (what was judged, with the command that puts it right), `too_large` or `io`.
Result<std::string> read_guarded_file(const GuardedRead& read);

// The content of a secret file without blanks and line ends around it; an empty one is `malformed`.
Result<Secret> read_secret_file(const FilePath& path);

// Looks without reading the content.
Result<void> check_guarded_file(const FilePath& path, FileUse use);

} // namespace afk::config

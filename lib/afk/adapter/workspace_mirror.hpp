#pragma once
// One bare mirror: created whole or not at all, its refs changed under its lock.
//
// Fetched objects come first and without any ref; then refs are set. So a git that was killed leaves at most a ref's
// lock file behind, which is recognised as abandoned, because everybody who sets refs here holds the mirror's own lock.

#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/git.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

struct MirrorRef {
  std::string name; // "refs/heads/main"
  std::string head;

  friend bool operator==(const MirrorRef&, const MirrorRef&) = default;
};

class Mirror {
 public:
  struct Paths {
    std::filesystem::path folder;
    std::filesystem::path lock;
  };

  // `git` outlives it.
  Mirror(Git& git, Paths paths);

  [[nodiscard]] const std::filesystem::path& folder() const { return paths_.folder; }

  [[nodiscard]] std::filesystem::path objects() const { return paths_.folder / "objects"; }

  [[nodiscard]] GitPlace place() const;

  enum class Presence : std::uint8_t { absent, present };
  [[nodiscard]] Presence find() const;

  // The lock of whoever changes refs; `unreachable` when another tick holds it for too long. Creates the folders above.
  Result<FileLock> lock();

  // Under the lock.
  Result<void> create_if_absent(ObjectFormat format);

  // Fetches one commit and its history, and nothing else; sets no ref. Under the lock.
  struct Fetch {
    GitRemote remote;
    std::string head;
  };

  Result<void> fetch(const Fetch& fetch);

  Result<std::vector<MirrorRef>> list_refs(std::string_view prefix);

  // All of them or none, whatever they were before; under the lock.
  Result<void> set_refs(std::span<const MirrorRef> refs);
  Result<void> delete_refs(std::span<const MirrorRef> refs);

 private:
  Result<void> change_refs(const std::string& instructions);

  Git& git_;
  Paths paths_;
};

// A new, empty folder beside `path`; leftovers of earlier ones are removed first. The caller holds a lock that covers
// `path`. The name differs each time, so that a git which outlived its caller cannot write into a newer attempt.
Result<std::filesystem::path> create_sibling(const std::filesystem::path& path);

// Renames `sibling` to `path` once everything below `synced` has reached the disk; what exists at `path` already stays
// instead. A working tree needs no sync of its own: whoever loses it to a power cut has lost its agent too.
struct Publication {
  std::filesystem::path sibling;
  std::filesystem::path path;
  std::filesystem::path synced; // the sibling or a part of it
};

Result<void> publish_sibling(const Publication& publication);

} // namespace afk::adapter

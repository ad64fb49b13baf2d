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

// Syncs everything below `sibling` and renames it to `path`; then `path` exists, or what existed there already stays.
Result<void> publish_sibling(const std::filesystem::path& sibling, const std::filesystem::path& path);

} // namespace afk::adapter

#pragma once
// How much disk a turn's folders use, measured against an agent that may try to hide it.

#include <cstdint>
#include <span>
#include <string>

#include <sys/types.h>

namespace afk::adapter {

struct DiskLimit {
  std::int64_t bytes = 0;
  int depth =
      200; // folders inside each other; a deeper tree counts as over the limit, because nobody could clean it up
};

enum class DiskUse : std::uint8_t { within_limit, over_limit };

// Counts the blocks of everything below the folders, files with several names once, and follows no symbolic link; and
// of the files without a name that these processes hold open on the folders' file systems. Stops at the limit. An
// absent folder uses nothing; one that cannot be read is over the limit, else an agent would hide there what it writes.
// What a process that cannot be looked into holds open is not counted.
[[nodiscard]] DiskUse measure_disk_use(std::span<const std::string> folders, std::span<const pid_t> processes,
                                       const DiskLimit& limit);

} // namespace afk::adapter

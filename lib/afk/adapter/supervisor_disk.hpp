#pragma once
// How much disk a turn's folders use, measured against an agent that may try to hide it.

#include <cstdint>
#include <span>
#include <string>

namespace afk::adapter {

struct DiskLimit {
  std::int64_t bytes = 0;
  int depth =
      200; // folders inside each other; a deeper tree counts as over the limit, because nobody could clean it up
};

enum class DiskUse : std::uint8_t { within_limit, over_limit };

// Counts the blocks of everything below the folders, files with several names once, and follows no symbolic link. Stops
// at the limit. What cannot be read is not counted; an absent folder uses nothing.
[[nodiscard]] DiskUse measure_disk_use(std::span<const std::string> folders, const DiskLimit& limit);

} // namespace afk::adapter

#pragma once
// What a configuration may ask for and this version of afk cannot do. Said before anything is done: settings that are
// passed over in silence would let work land without a gate that somebody counts on.

#include <afk/core/config.hpp>
#include <afk/core/result.hpp>

namespace afk::cli {

// Fails with `configuration`, naming the key and what would be possible. Trackers, kinds of executors and doorbells are
// refused where they are composed.
Result<void> check_supported(const Config& config);

} // namespace afk::cli

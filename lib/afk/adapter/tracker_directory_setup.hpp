#pragma once
// What makes a folder a tracker: its own file, `tracker.toml`, which holds the id that names it for ever.

#include <afk/adapter/file_system.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/port/clock.hpp>

#include <string>

namespace afk::adapter {

// Makes `root` a tracker, with everything in front of it; one that is there already is left as it is. Answers its host.
Result<TrackerHost> create_directory_tracker(const std::string& root, Random& random);

// Fails with `configuration` where there is none, or one of a newer format.
Result<TrackerHost> fetch_directory_host(const Folder& root);

} // namespace afk::adapter

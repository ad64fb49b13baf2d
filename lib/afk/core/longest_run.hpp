#pragma once
// How long a run may need what its executor remembers of it.

#include <afk/core/config.hpp>

#include <chrono>

namespace afk {

// From the end of a run's first turn to the last moment at which its clocks let it wait: its work, then for the merge,
// then for the deployment, one after the other; the longest of all repositories. Times in which its clocks stand still
// come on top and have no bound.
[[nodiscard]] std::chrono::seconds derive_longest_run(const Config& config);

} // namespace afk

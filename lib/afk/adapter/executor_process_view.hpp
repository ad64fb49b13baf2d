#pragma once
// What a run's folder shows, as the values of the executor port. Reads only.

#include <afk/adapter/run_folder.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>
#include <afk/port/executor.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace afk::adapter {

inline constexpr std::size_t longest_output_excerpt = 16 * 1024; // bytes from the end of what a turn printed

// Absent: nobody but the next start needs to know about this attempt. Fails with `malformed` for a damaged folder.
Result<std::optional<AttemptView>> view_attempt(const WorkspaceLayout& layout, const AttemptName& name,
                                                ProcessTable& processes);

// Every attempt with a live turn, and when the attempts that began after `since` did so. An attempt that cannot be read
// counts as live, as far as it can be named.
struct LiveView {
  std::vector<LiveAttempt> live;
  std::vector<RecentStart> starts;
};

Result<LiveView> view_live_attempts(const WorkspaceLayout& layout, Timestamp since);

} // namespace afk::adapter

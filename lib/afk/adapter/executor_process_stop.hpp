#pragma once
// Stopping what is live in an attempt.

#include <afk/adapter/workspace.hpp>
#include <afk/core/result.hpp>
#include <afk/port/clock.hpp>

namespace afk::adapter {

struct StopPlace {
  const WorkspaceLayout& layout;
  Clock& clock;
  Duration patience{}; // how long the end of what was asked to stop is waited for
};

// Asks every live turn of the attempt to end, and kills what a supervisor that is gone left behind. Succeeds when
// everything has been asked, whether or not it has ended within the patience; an absent attempt has nothing to stop.
Result<void> stop_live_turns(const StopPlace& place, const AttemptName& name);

} // namespace afk::adapter

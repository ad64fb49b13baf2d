#pragma once
// Giving disk back: the repositories of runs that are over.

#include <afk/adapter/workspace.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/port/clock.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

struct PruneOrder {
  const WorkspaceLayout& layout;
  Clock& clock;
  Duration keep{}; // how long clones stay after their run was concluded
};

struct PruneReport {
  std::vector<AttemptName> pruned;
  std::vector<std::string> problems; // one sentence each; the others were pruned all the same
};

// Removes clones and checkouts of attempts that were concluded longer than `keep` ago and have no live turn; orders,
// prompts, reports and logs go after ten times that. What proves that the run was concluded stays, and with it the
// promise that no turn starts there again. A run that another tick works on is left for the next time. Called by watch
// ticks; costs a look at each attempt where there is nothing to do.
PruneReport prune_runs(const PruneOrder& order);

} // namespace afk::adapter

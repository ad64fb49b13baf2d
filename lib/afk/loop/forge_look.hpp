#pragma once
// What the forge says of the runs that were looked at: pull requests, checks and deployments, in stages of batches.

#include <afk/loop/run_look.hpp>

#include <vector>

namespace afk::loop {

// Fills in `forge` and completes `landing.work.published`. Asks nothing for a run whose repository was not looked at
// (a turn is live), and nothing of the base unless a head is red. At most one batch each for pull requests, checks,
// checks of the base, deployments and their descent.
void look_at_forge(const TickContext& context, std::vector<RunLook>& runs);

} // namespace afk::loop

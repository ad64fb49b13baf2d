#pragma once
// The red-base gate: before something is started in a repository its base branch is judged by the checks that judge
// every run's work.

#include <afk/loop/poll_look.hpp>

#include <span>

namespace afk::loop {

// For the repositories of these issues. Where the configuration ignores a red base, or where no checks of the forge
// judge, nothing is asked and the base is `unmeasured`; so is one whose checks are missing or still running, because
// nobody can say that it is red. One batch of checks, and one look at each remote for its head.
void look_at_bases(const TickContext& context, std::span<const IssueRef> issues, PollLook& look);

} // namespace afk::loop

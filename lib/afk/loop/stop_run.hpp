#pragma once
// `afk stop` and `afk requeue`: what a person orders at the keyboard. Both take the same steps as the ticks do, so that
// a tick which overlaps with them, or follows one that died, finds nothing new.

#include <afk/loop/tick_context.hpp>

#include <vector>

namespace afk::loop {

struct Handled {
  RunName run;
  std::vector<Error> errors; // steps that failed; the next watch tick takes them up
};

// Interrupts the run of an issue and hands the issue to a person. Fails with `conflict` where no run is in flight, with
// `usage` where there is no such issue.
Result<Handled> stop_run(const TickContext& context, const IssueRef& issue);

// Arms a new run: question and human label off, ready label off and on, and the event on the new run's card, so that
// the arming counts although our own account made it. Fails with `usage` where there is no such issue, with `conflict`
// where it is closed or in flight.
Result<Handled> requeue_issue(const TickContext& context, const IssueRef& issue);

} // namespace afk::loop

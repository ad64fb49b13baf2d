#pragma once
// One tick of the poller: the ready issues are read, the dispatch policy chooses, and each chosen issue gets its agent,
// its label and its card, in that order. Each issue is isolated from the others' failures.
//
// With the kill switch on, or an empty allowlist, no port is asked anything at all.

#include <afk/loop/poll_look.hpp>
#include <afk/loop/report.hpp>
#include <afk/loop/tick_context.hpp>

namespace afk::loop {

// Never fails as a whole but through TickReport::fatal. Under a dry run nothing is written anywhere.
[[nodiscard]] TickReport poll_tick(const TickContext& context);

} // namespace afk::loop

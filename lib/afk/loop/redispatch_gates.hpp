#pragma once
// Row 13: a run that starts over passes the poll gates again, where its own label, card, slot and branch do not count.

#include <afk/core/observation.hpp>
#include <afk/loop/run_look.hpp>

namespace afk::loop {

// Reads what a poll of this issue would read; asked only when a redispatch is due. What cannot be read does not pass.
[[nodiscard]] RedispatchVerdict judge_redispatch(const TickContext& context, const IssueRef& issue);

} // namespace afk::loop

#pragma once
// Labels that may say how an issue is worked on: which agent, which role. A stranger who may label has no say in it.

#include <afk/core/issue.hpp>
#include <afk/core/issue_history.hpp>
#include <afk/loop/tick_context.hpp>

#include <string>
#include <vector>

namespace afk::loop {

// Those that were there at the arming, or that somebody put on who is trusted.
[[nodiscard]] std::vector<std::string> derive_counting_labels(const TickContext& context, const IssueRecord& record,
                                                              const ArmingRecord& arming);

} // namespace afk::loop

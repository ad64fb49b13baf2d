#pragma once
// Telling people on the issue why an arming was not followed: once for each arming and reason, where the tracker is a
// forge. A directory tracker's people have `afk why`.

#include <afk/core/policy_verdict.hpp>
#include <afk/loop/poll_look.hpp>
#include <afk/loop/steps.hpp>

#include <optional>

namespace afk::loop {

// Absent where there is nothing to say, it was said before, or it is not known whether it was. What will pass by itself
// (a permission that could not be read) is not said.
[[nodiscard]] std::optional<SayOnce> derive_refusal(const TickContext& context, const PollLook& look,
                                                    const IssueVerdict& verdict);

// Whether people have to be told, so that the issue is worth being read whole.
enum class WorthTelling : std::uint8_t { no, yes };
[[nodiscard]] WorthTelling derive_worth_telling(const TickContext& context, const Candidate& candidate,
                                                const IssueVerdict& verdict);

} // namespace afk::loop

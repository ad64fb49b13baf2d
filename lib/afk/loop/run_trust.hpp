#pragma once
// Whom a run listens to: whether its arming still counts, and whose words answer its question. Only gathers what the
// log says; the judgement is core/trust.hpp.

#include <afk/core/observation.hpp>
#include <afk/loop/run_look.hpp>

#include <optional>
#include <span>

namespace afk::loop {

// Asks the forge, in one batch, what the people may do whose permission the functions below depend on.
void ask_about_people(const TickContext& context, std::span<const RunLook> looks);

// Row 4: edits after the arming by somebody untrusted or unknown, or a repository that is not allowed any more.
[[nodiscard]] ArmingVerdict judge_arming(const TickContext& context, const RunLook& look);

// The trusted, unedited comments that are newer than the question.
[[nodiscard]] std::optional<TrustedAnswer> find_answer(const TickContext& context, const RunLook& look,
                                                       Timestamp asked_at);

} // namespace afk::loop

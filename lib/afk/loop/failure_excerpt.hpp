#pragma once
// What an agent is shown of a head that the forge calls red: which checks failed, and the end of what their jobs
// printed.

#include <afk/loop/run_plan.hpp>

#include <cstddef>
#include <string>

namespace afk::loop {

inline constexpr std::size_t longest_failure_excerpt = std::size_t{32} << 10; // bytes, of all jobs together

// Whether the plan orders a fix for checks of the forge, so that their logs are worth a request.
enum class WantsExcerpt : std::uint8_t { no, yes };
[[nodiscard]] WantsExcerpt derive_wants_excerpt(const TickContext& context, const RunPlan& plan, const RunLook& look);

// Secrets are taken out; the text stays hostile, and the prompt puts its fence around it. A log that cannot be read is
// said in the text: the fix is ordered all the same.
[[nodiscard]] std::string fetch_failure_excerpt(const TickContext& context, const RunPlan& plan, const RunLook& look);

} // namespace afk::loop

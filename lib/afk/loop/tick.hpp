#pragma once
// Watch, then poll: what ends frees a slot that is filled at once. Each half is isolated from the other's failure.

#include <afk/loop/report.hpp>
#include <afk/loop/tick_context.hpp>

namespace afk::loop {

[[nodiscard]] TickReport whole_tick(const TickContext& context);

} // namespace afk::loop

#pragma once
// Points in time and durations as values and as text. No clock is read here: the moment comes from the tracker or from
// port/clock.hpp. Text is RFC 3339 in UTC with whole seconds or milliseconds; durations are "90s", "30m", "6h", "7d".

#include <afk/core/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace afk {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// Fails with `malformed`. Accepts "2026-11-20T14:36:39Z", a fraction of 1 to 9 digits, and an offset such as +02:00.
Result<Timestamp> parse_timestamp(std::string_view text);

// "2026-11-20T14:36:39Z", with ".123" before the Z only when the milliseconds are not zero.
[[nodiscard]] std::string render_timestamp(Timestamp moment);

// Fails with `malformed`. One unsigned number and one unit of ms, s, m, h, d; "0s" is legal. At most 10 years.
Result<Duration> parse_duration(std::string_view text);

// The largest unit that divides the duration: 90s, 30m, 6h, 7d.
[[nodiscard]] std::string render_duration(Duration duration);

} // namespace afk

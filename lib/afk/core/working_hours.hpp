#pragma once
// When work may be started: windows of the week with a fixed offset from UTC, which is all that a program without a
// time zone database can promise.
//
// Text: "Mon-Fri 22:00-06:00 +02:00", several windows separated by ";" or ",". Days are one of Mon Tue Wed Thu Fri Sat
// Sun or a range of them, which may pass the week's end. A window includes its first minute and not its last; one whose
// end is not after its beginning passes midnight and belongs to the day on which it begins. "24:00" is midnight as an
// end. The offset is UTC, Z or +hh:mm and is always written.

#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

struct HoursWindow {
  int first_day = 0; // 0 = Monday ... 6 = Sunday
  int last_day = 6;  // smaller than first_day when the range passes the week's end
  std::chrono::minutes begin{0};
  std::chrono::minutes end{0};    // 1 to 24:00; not after `begin`: on the next day
  std::chrono::minutes offset{0}; // local time minus UTC

  friend bool operator==(const HoursWindow&, const HoursWindow&) = default;
};

struct WorkingHours {
  std::vector<HoursWindow> windows = {}; // none: always open

  friend bool operator==(const WorkingHours&, const WorkingHours&) = default;
};

// Empty or blank text is "always". Fails with `configuration` and names the window that is wrong.
Result<WorkingHours> parse_working_hours(std::string_view text);

// The same in one spelling, windows separated by "; "; "" for always.
[[nodiscard]] std::string render_working_hours(const WorkingHours& hours);

enum class HoursState : std::uint8_t { closed, open };

[[nodiscard]] HoursState is_open(const WorkingHours& hours, Timestamp moment);

} // namespace afk

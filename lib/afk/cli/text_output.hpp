#pragma once
// Results as text for people. Titles, reasons and everything else from outside is cleaned here.

#include <afk/cli/console.hpp>
#include <afk/cli/doctor.hpp>
#include <afk/core/time.hpp>
#include <afk/loop/report.hpp>

#include <string>
#include <vector>

namespace afk::cli {

// What a tick did, or would do. Silent where nothing happened and nobody asked.
enum class Detail : std::uint8_t { brief, full };

[[nodiscard]] std::string render_tick_text(const loop::TickReport& report, Detail detail, Console::Colors colors);

// The runs in flight as a table; `now` for ages.
[[nodiscard]] std::string render_status_text(const loop::TickReport& report, Timestamp now, Console::Colors colors);

[[nodiscard]] std::string render_why_text(const loop::TickReport& report, Console::Colors colors);

[[nodiscard]] std::string render_doctor_text(const std::vector<Finding>& findings, Console::Colors colors);

} // namespace afk::cli

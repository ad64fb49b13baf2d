#pragma once
// Results as JSON: the stable interface of dashboards and scripts. One object per command on stdout, keys never
// missing, `null` for what is absent.

#include <afk/cli/doctor.hpp>
#include <afk/config/show.hpp>
#include <afk/loop/report.hpp>

#include <string>
#include <vector>

namespace afk::cli {

// schema "afk.tick/1"
[[nodiscard]] std::string render_tick_json(const loop::TickReport& report);

// schema "afk.status/1"
[[nodiscard]] std::string render_status_json(const loop::TickReport& report);

// schema "afk.why/1"; the run in flight first, where there is one
[[nodiscard]] std::string render_why_json(const loop::TickReport& report);

// schema "afk.doctor/1"
[[nodiscard]] std::string render_doctor_json(const std::vector<Finding>& findings);

// schema "afk.config/1"
[[nodiscard]] std::string render_config_json(const std::vector<config::Setting>& settings);

// One log line on stderr.
struct LogRecord {
  std::string level;
  std::string message;
  std::string issue; // "" where it is about none
  std::string kind;  // of an error
  std::string time;
};

[[nodiscard]] std::string render_log_json(const LogRecord& record);

} // namespace afk::cli

#include <afk/cli/doctor_checks.hpp>

#include <afk/core/working_hours.hpp>

#include <fmt/format.h>

namespace afk::cli {

void examine_gates(const Examination& examination, Findings& findings) {
  const Config& config = examination.config;
  const bool on = examination.context.gate.read_kill_switch() == TickGate::KillSwitch::on;
  std::string where = config.kill_switch == KillSwitch::on ? "kill_switch" : config.kill_switch_file.text;
  findings.push_back({"kill switch", FindingState::note,
                      on ? fmt::format("on ({}): nothing is started", where) : "off: runs are started", ""});
  findings.push_back({"allowlist", FindingState::note,
                      config.allowlist.empty()
                          ? "empty: nothing is started"
                          : fmt::format("{} repositories may be worked on", config.allowlist.size()),
                      ""});
  const bool open = is_open(config.policy.hours, examination.invocation.clock.now()) == HoursState::open;
  if (!config.policy.hours.windows.empty())
    findings.push_back({"hours", FindingState::note,
                        fmt::format("{}: {} now", render_working_hours(config.policy.hours), open ? "open" : "closed"),
                        ""});
  if (config.trust.labelers.empty() &&
      derive_labeler(config.tracker.kind, config.trust.labeler) == TrustSettings::Labeler::listed)
    findings.push_back({"trust", FindingState::bad, "only listed people may arm issues, and nobody is listed",
                        "write them into trust.labelers (\"hand\" for labels that are typed into an issue's file)"});
}

} // namespace afk::cli

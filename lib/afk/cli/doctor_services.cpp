#include <afk/cli/doctor_checks.hpp>

#include <fmt/format.h>

namespace afk::cli {

void examine_services(const Examination& examination, Findings& findings) {
  const Config& config = examination.config;
  if (config.notify.empty())
    findings.push_back({"doorbells", FindingState::note,
                        "none is configured: an issue that needs a person shows only by its labels", ""});
  for (const Notifier* notifier : examination.context.notifiers)
    findings.push_back({"doorbell " + notifier->name(), FindingState::good, "its address can be read", ""});
  findings.push_back({"cards", FindingState::note,
                      config.card.key_file.empty()
                          ? "authenticated by their author and a checksum; whoever may edit comments of afk's account "
                            "could forge one (card.key_file closes that)"
                          : "authenticated by a key",
                      ""});
  const bool short_deadline = config.limits.tick_deadline < std::chrono::seconds(15);
  findings.push_back({"tick deadline", short_deadline ? FindingState::bad : FindingState::good,
                      render_duration(config.limits.tick_deadline),
                      short_deadline ? "a third of it must be enough for a fetch or a clone: set "
                                       "limits.tick_deadline to 15s or more"
                                     : ""});
}

} // namespace afk::cli

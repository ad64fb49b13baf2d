#include <afk/cli/doctor_checks.hpp>

#include <fmt/format.h>

namespace afk::cli {

namespace {

// Any landing can look at any repository: the settings say how it is reached.
Landing* any_landing(const loop::TickContext& context) {
  return context.landings.empty() ? nullptr : context.landings.begin()->second;
}

} // namespace

void examine_repositories(const Examination& examination, Findings& findings) {
  Landing* landing = any_landing(examination.context);
  for (const AllowlistEntry& entry : examination.config.allowlist) {
    const std::string name = render_repository_name(entry.repository);
    if (landing == nullptr) {
      findings.push_back({name, FindingState::bad, "no executor can reach its code", "configure an executor"});
      continue;
    }
    auto head = landing->fetch_base_head(entry.repository);
    if (head)
      findings.push_back({name, FindingState::good, fmt::format("its base is at {}", head->substr(0, 12)), ""});
    else
      findings.push_back({name, FindingState::bad, head.error().message,
                          fmt::format("check clone_url, base and push_credential_file in repositories.\"{}\"", name)});
  }
}

} // namespace afk::cli

#include <afk/loop/tick_context.hpp>

#include <afk/core/landing_plan.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace afk::loop {

const AgentSettings* find_agent(const TickContext& context, const std::string& agent) {
  const auto found = context.config.agents.find(agent);
  return found == context.config.agents.end() ? nullptr : &found->second;
}

Executor* find_executor(const TickContext& context, const std::string& executor) {
  const auto found = context.executors.find(executor);
  return found == context.executors.end() ? nullptr : found->second;
}

Landing* find_landing(const TickContext& context, const std::string& executor) {
  const auto found = context.landings.find(executor);
  return found == context.landings.end() ? nullptr : found->second;
}

Result<RepositorySettings> derive_settings(const TickContext& context, const RepositoryName& repository) {
  return derive_repository_settings(context.config, repository);
}

std::string derive_configuration_digest(const TickContext& context, const RepositorySettings& settings) {
  const auto& lifecycle = settings.lifecycle;
  const std::string text = fmt::format(
      "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", settings.base,
      render_landing_mode(settings.landing.landing), render_last_stage(settings.landing.last_stage),
      settings.landing.auto_merge == AutoMerge::on, lifecycle.fix_forward_max_attempts,
      lifecycle.fix_forward_max_seconds.count(), lifecycle.redispatch_max, lifecycle.run_limit.count(),
      lifecycle.stall_limit.count(), lifecycle.turn_end_grace.count(), lifecycle.budget_usd,
      fmt::join(lifecycle.protected_paths, ","), render_check_mode(settings.check_mode),
      fmt::join(settings.checks.commands, "\n"), fmt::join(settings.checks.required, ","),
      static_cast<int>(settings.qa.mode), fmt::join(settings.qa.commands, "\n"), fmt::join(settings.qa.reviewers, ","));
  return render_hex(context.digest.sha256(text));
}

Allowed derive_allowed(const Config& config, const RepositoryName& repository, const std::string& repository_id) {
  const bool allowed = std::ranges::any_of(config.allowlist, [&](const AllowlistEntry& entry) {
    return same_repository(entry.repository, repository) &&
           (!entry.repository_id || *entry.repository_id == repository_id);
  });
  return allowed ? Allowed::yes : Allowed::no;
}

HistoryContext derive_history_context(const TickContext& context, const TrackerHost& host) {
  return {host, context.config.labels, context.card_keys, context.digest};
}

} // namespace afk::loop

#include <afk/core/repository_settings.hpp>

#include <algorithm>
#include <utility>

namespace afk {

CheckSettings::Mode derive_check_mode(TrackerKind tracker, std::optional<CheckSettings::Mode> written) {
  return written.value_or(tracker == TrackerKind::directory ? CheckSettings::Mode::commands : CheckSettings::Mode::all);
}

TrustSettings::Labeler derive_labeler(TrackerKind tracker, TrustSettings::Labeler written) {
  return tracker == TrackerKind::directory ? TrustSettings::Labeler::listed : written;
}

Result<RepositorySettings> derive_repository_settings(const Config& config, const RepositoryName& repository) {
  const auto entry = std::ranges::find_if(config.repositories, [&repository](const RepositoryEntry& candidate) {
    return same_repository(candidate.repository, repository);
  });
  RepositorySettings settings;
  settings.repository = repository;
  settings.policy = config.policy;
  settings.lifecycle = config.lifecycle;
  settings.checks = config.checks;
  settings.qa = config.qa;
  if (entry != config.repositories.end()) {
    settings.clone_url = entry->clone_url;
    settings.base = entry->base;
    settings.push_credential_file = entry->push_credential_file;
    settings.policy = entry->policy;
    settings.lifecycle = entry->lifecycle;
    settings.checks = entry->checks;
    settings.qa = entry->qa;
  }
  const auto landing = derive_landing(LandingRequest{.tracker = config.tracker.kind,
                                                     .deployment = config.deployment.kind,
                                                     .landing = settings.lifecycle.landing,
                                                     .last_stage = settings.lifecycle.last_stage,
                                                     .auto_merge = settings.lifecycle.auto_merge});
  if (const auto* const refusal = std::get_if<LandingRefusal>(&landing)) {
    return Error{.kind = ErrorKind::configuration,
                 .message = render_repository_name(repository) + ": " + refusal->message + "; " + refusal->hint};
  }
  settings.landing = std::get<LandingPlan>(landing);
  settings.check_mode = derive_check_mode(config.tracker.kind, settings.checks.mode);
  return settings;
}

} // namespace afk

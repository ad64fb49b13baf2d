#pragma once
// What holds for one repository: the global settings, its own table's overrides, and everything that is derived where
// nothing is written.

#include <afk/core/config.hpp>
#include <afk/core/landing_plan.hpp>

namespace afk {

struct RepositorySettings {
  RepositoryName repository = {}; // as the caller spells it
  std::string clone_url = {};     // empty: the forge's own
  std::string base = {};          // empty: the default branch
  FilePath push_credential_file = {};
  PolicySettings policy = {};
  LifecycleSettings lifecycle = {}; // its landing, last_stage and auto_merge: see `landing`
  LandingPlan landing = {};
  CheckSettings checks = {}; // its mode: see `check_mode`
  CheckSettings::Mode check_mode = CheckSettings::Mode::all;
  QaSettings qa = {};

  friend bool operator==(const RepositorySettings&, const RepositorySettings&) = default;
};

// Fails with `configuration` for a combination of landing and last stage that does not exist; a configuration that was
// loaded has none.
Result<RepositorySettings> derive_repository_settings(const Config& config, const RepositoryName& repository);

// Where no mode is written: `all` on forges, `commands` on the directory tracker, which has no checks of its own.
[[nodiscard]] CheckSettings::Mode derive_check_mode(TrackerKind tracker, std::optional<CheckSettings::Mode> written);

// `listed` on the directory tracker, which knows no permissions; else what is written.
[[nodiscard]] TrustSettings::Labeler derive_labeler(TrackerKind tracker, TrustSettings::Labeler written);

} // namespace afk

#pragma once
// Where the work of a run goes and how far it is followed: which combinations exist, and what holds where nothing is
// written. Pure; used for the global settings and for each repository that overrides some of them.
//
//             last_stage  review             merged   checks   deployed
// landing pr              not with auto_merge  yes      no       yes
// landing push            no                   no       yes      yes       (auto_merge never: there is nothing to
// merge)
//
// `pr` needs a forge; `deployed` needs a [deployment].

#include <afk/core/situation.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace afk {

using LandingMode = Situation::Landing;
using LastStage = Situation::LastStage;
using AutoMerge = Situation::AutoMerge;

enum class TrackerKind : std::uint8_t { directory, github, forgejo };
enum class DeploymentKind : std::uint8_t { none, forge, url, kubernetes, woodpecker };

[[nodiscard]] std::string_view render_tracker_kind(TrackerKind kind);
[[nodiscard]] std::string_view render_deployment_kind(DeploymentKind kind);
[[nodiscard]] std::string_view render_landing_mode(LandingMode mode); // "pr", "push"
[[nodiscard]] std::string_view render_last_stage(LastStage stage);

struct LandingPlan {
  LandingMode landing = LandingMode::push;
  LastStage last_stage = LastStage::checks;
  AutoMerge auto_merge = AutoMerge::off;

  friend bool operator==(const LandingPlan&, const LandingPlan&) = default;
};

// What the configuration says; nothing stands for a key that is not written.
struct LandingRequest {
  TrackerKind tracker = TrackerKind::directory;
  DeploymentKind deployment = DeploymentKind::none;
  std::optional<LandingMode> landing = {};
  std::optional<LastStage> last_stage = {};
  AutoMerge auto_merge = AutoMerge::off;
};

// A combination that does not exist: which key says too much, why, and what would be right.
struct LandingRefusal {
  enum class Key : std::uint8_t { landing, last_stage, auto_merge };
  Key key = Key::landing;
  std::string message = {};
  std::string hint = {};
};

[[nodiscard]] std::variant<LandingPlan, LandingRefusal> derive_landing(const LandingRequest& request);

} // namespace afk

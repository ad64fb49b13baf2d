#include <afk/core/landing_plan.hpp>

#include <fmt/format.h>

namespace afk {
namespace {

bool is_possible(LandingMode landing, LastStage stage) {
  switch (stage) {
  case LastStage::review:
  case LastStage::merged:
    return landing == LandingMode::pull_request;
  case LastStage::checks:
    return landing == LandingMode::push;
  case LastStage::deployed:
    return true;
  }
  return false;
}

LastStage derive_last_stage(LandingMode landing, AutoMerge auto_merge) {
  if (landing == LandingMode::push) {
    return LastStage::checks;
  }
  return auto_merge == AutoMerge::on ? LastStage::merged : LastStage::review;
}

} // namespace

std::string_view render_tracker_kind(TrackerKind kind) {
  switch (kind) {
  case TrackerKind::directory:
    return "directory";
  case TrackerKind::github:
    return "github";
  case TrackerKind::forgejo:
    return "forgejo";
  }
  return "directory";
}

std::string_view render_deployment_kind(DeploymentKind kind) {
  switch (kind) {
  case DeploymentKind::none:
    return "none";
  case DeploymentKind::forge:
    return "forge";
  case DeploymentKind::url:
    return "url";
  case DeploymentKind::kubernetes:
    return "kubernetes";
  case DeploymentKind::woodpecker:
    return "woodpecker";
  }
  return "none";
}

std::string_view render_landing_mode(LandingMode mode) {
  return mode == LandingMode::push ? "push" : "pr";
}

std::string_view render_last_stage(LastStage stage) {
  switch (stage) {
  case LastStage::review:
    return "review";
  case LastStage::checks:
    return "checks";
  case LastStage::merged:
    return "merged";
  case LastStage::deployed:
    return "deployed";
  }
  return "review";
}

std::variant<LandingPlan, LandingRefusal> derive_landing(const LandingRequest& request) {
  const bool forge = request.tracker != TrackerKind::directory;
  const LandingMode landing = request.landing.value_or(forge ? LandingMode::pull_request : LandingMode::push);
  if (landing == LandingMode::pull_request && !forge) {
    return LandingRefusal{.key = LandingRefusal::Key::landing,
                          .message = "the directory tracker has no pull requests",
                          .hint = "write landing = \"push\", or leave the key out"};
  }
  if (landing == LandingMode::push && request.auto_merge == AutoMerge::on) {
    return LandingRefusal{.key = LandingRefusal::Key::auto_merge,
                          .message = "with landing = \"push\" there is no pull request that could be merged",
                          .hint = "write auto_merge = false, or landing = \"pr\" on a forge"};
  }
  const LastStage stage = request.last_stage.value_or(derive_last_stage(landing, request.auto_merge));
  if (!is_possible(landing, stage)) {
    return LandingRefusal{.key = LandingRefusal::Key::last_stage,
                          .message = fmt::format("landing = \"{}\" never reaches the stage {}",
                                                 render_landing_mode(landing), render_last_stage(stage)),
                          .hint = landing == LandingMode::push ? "write \"checks\" or \"deployed\""
                                                               : "write \"review\", \"merged\" or \"deployed\""};
  }
  if (stage == LastStage::review && request.auto_merge == AutoMerge::on) {
    return LandingRefusal{.key = LandingRefusal::Key::last_stage,
                          .message = "a run that ends at the review would never merge, but auto_merge is on",
                          .hint = "write \"merged\" or \"deployed\", or auto_merge = false"};
  }
  if (stage == LastStage::deployed && request.deployment == DeploymentKind::none) {
    return LandingRefusal{.key = LandingRefusal::Key::last_stage,
                          .message = "nothing says where a deployment could be seen",
                          .hint = "set deployment.kind, or choose an earlier last stage"};
  }
  return LandingPlan{.landing = landing, .last_stage = stage, .auto_merge = request.auto_merge};
}

} // namespace afk

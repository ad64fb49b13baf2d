// Every combination of what the configuration may say about landing, against a table that is written down here anew.
#include <afk/core/landing_plan.hpp>

#include <support/catch.hpp>

#include <array>
#include <optional>
#include <string>
#include <variant>

namespace afk {
namespace {

constexpr std::array trackers{TrackerKind::directory, TrackerKind::github, TrackerKind::forgejo};
constexpr std::array deployments{DeploymentKind::none, DeploymentKind::forge, DeploymentKind::url,
                                 DeploymentKind::kubernetes, DeploymentKind::woodpecker};
constexpr std::array<std::optional<LandingMode>, 3> landings{std::nullopt, LandingMode::pull_request,
                                                             LandingMode::push};
constexpr std::array<std::optional<LastStage>, 5> stages{std::nullopt, LastStage::review, LastStage::checks,
                                                         LastStage::merged, LastStage::deployed};
constexpr std::array merges{AutoMerge::off, AutoMerge::on};

// "tracker landing last_stage auto_merge deployment", and what comes of it: "landing last_stage", or the key to blame.
// "-" stands for a key that is not written, "*" for anything, "forge" for github and forgejo, "yes" for any deployment
// but none. The first row that fits counts.
struct Row {
  std::string_view tracker, landing, last_stage, auto_merge, deployment, outcome;
};

constexpr std::array<Row, 27> table{{
    {"directory", "pr", "*", "*", "*", "landing"},
    {"directory", "-", "*", "on", "*", "auto_merge"},
    {"directory", "push", "*", "on", "*", "auto_merge"},
    {"directory", "-", "-", "off", "*", "push checks"},
    {"directory", "push", "-", "off", "*", "push checks"},
    {"directory", "-", "checks", "off", "*", "push checks"},
    {"directory", "push", "checks", "off", "*", "push checks"},
    {"directory", "-", "deployed", "off", "yes", "push deployed"},
    {"directory", "push", "deployed", "off", "yes", "push deployed"},
    {"directory", "*", "*", "*", "*", "last_stage"},
    {"forge", "push", "*", "on", "*", "auto_merge"},
    {"forge", "push", "-", "off", "*", "push checks"},
    {"forge", "push", "checks", "off", "*", "push checks"},
    {"forge", "push", "deployed", "off", "yes", "push deployed"},
    {"forge", "push", "*", "off", "*", "last_stage"},
    {"forge", "-", "-", "off", "*", "pr review"},
    {"forge", "-", "-", "on", "*", "pr merged"},
    {"forge", "pr", "-", "off", "*", "pr review"},
    {"forge", "pr", "-", "on", "*", "pr merged"},
    {"forge", "-", "review", "off", "*", "pr review"},
    {"forge", "pr", "review", "off", "*", "pr review"},
    {"forge", "-", "merged", "*", "*", "pr merged"},
    {"forge", "pr", "merged", "*", "*", "pr merged"},
    {"forge", "-", "deployed", "*", "yes", "pr deployed"},
    {"forge", "pr", "deployed", "*", "yes", "pr deployed"},
    {"forge", "-", "*", "*", "*", "last_stage"},
    {"forge", "pr", "*", "*", "*", "last_stage"},
}};

std::string_view name_tracker(TrackerKind kind) {
  return kind == TrackerKind::directory ? "directory" : "forge";
}

std::string_view name_landing(const std::optional<LandingMode>& landing) {
  return landing ? render_landing_mode(*landing) : "-";
}

std::string_view name_stage(const std::optional<LastStage>& stage) {
  return stage ? render_last_stage(*stage) : "-";
}

bool fits(std::string_view pattern, std::string_view value) {
  return pattern == "*" || pattern == value;
}

std::string_view expect_outcome(const LandingRequest& request) {
  for (const Row& row : table) {
    const bool deployed = request.deployment != DeploymentKind::none;
    if (row.tracker == name_tracker(request.tracker) && fits(row.landing, name_landing(request.landing)) &&
        fits(row.last_stage, name_stage(request.last_stage)) &&
        fits(row.auto_merge, request.auto_merge == AutoMerge::on ? "on" : "off") &&
        fits(row.deployment, deployed ? "yes" : "none")) {
      return row.outcome;
    }
  }
  return "(no row)";
}

std::string name_outcome(const std::variant<LandingPlan, LandingRefusal>& outcome) {
  if (const auto* plan = std::get_if<LandingPlan>(&outcome)) {
    return std::string(render_landing_mode(plan->landing)) + " " + std::string(render_last_stage(plan->last_stage));
  }
  switch (std::get<LandingRefusal>(outcome).key) {
  case LandingRefusal::Key::landing:
    return "landing";
  case LandingRefusal::Key::last_stage:
    return "last_stage";
  case LandingRefusal::Key::auto_merge:
    return "auto_merge";
  }
  return "";
}

} // namespace

TEST_CASE("every combination of landing, last stage, auto-merge, tracker and deployment has its plan or its reason") {
  int combinations = 0;
  for (const TrackerKind tracker : trackers) {
    for (const DeploymentKind deployment : deployments) {
      for (const auto& landing : landings) {
        for (const auto& stage : stages) {
          for (const AutoMerge merge : merges) {
            const LandingRequest request{.tracker = tracker,
                                         .deployment = deployment,
                                         .landing = landing,
                                         .last_stage = stage,
                                         .auto_merge = merge};
            const auto outcome = derive_landing(request);
            INFO(name_tracker(tracker) << " " << name_landing(landing) << " " << name_stage(stage) << " "
                                       << (merge == AutoMerge::on ? "on" : "off") << " "
                                       << render_deployment_kind(deployment));
            CHECK(name_outcome(outcome) == expect_outcome(request));
            if (const auto* plan = std::get_if<LandingPlan>(&outcome)) {
              CHECK(plan->auto_merge == merge);
            } else {
              CHECK_FALSE(std::get<LandingRefusal>(outcome).message.empty());
              CHECK_FALSE(std::get<LandingRefusal>(outcome).hint.empty());
            }
            ++combinations;
          }
        }
      }
    }
  }
  CHECK(combinations == 3 * 5 * 3 * 5 * 2);
}

} // namespace afk

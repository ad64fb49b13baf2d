#include <contract/forge/forge_contract.hpp>

#include <fmt/format.h>

namespace afk::test {

namespace {

constexpr std::string_view group = "deployments";
constexpr std::string_view environment = "production";

void none_is_absent(ForgeWorld& world, ContractRun& run) {
  run.expect(world.look_at_deployment(run).state == DeploymentState::absent, "nothing");
}

ForgeCase state_case(std::string_view state, DeploymentState expected) {
  return {group, fmt::format("a deployment that is {}", state), [state, expected](ForgeWorld& world, ContractRun& run) {
            const auto id = world.github.add_deployment(work_home, world.base, environment);
            world.clock.advance(std::chrono::seconds(1));
            world.github.add_deployment_status(work_home, id, state, "what it says");
            const DeploymentEvidence seen = world.look_at_deployment(run);
            run.expect(seen.state == expected, fmt::format("its state, not {}", static_cast<int>(seen.state)));
            if (expected != DeploymentState::absent) {
              run.expect(seen.revision == world.base, "the commit that it carries");
            }
          }};
}

void without_status_is_pending(ForgeWorld& world, ContractRun& run) {
  world.github.add_deployment(work_home, world.base, environment);
  run.expect(world.look_at_deployment(run).state == DeploymentState::pending, "that it is pending");
}

void newest_counts(ForgeWorld& world, ContractRun& run) {
  const auto first = world.github.add_deployment(work_home, world.base, environment);
  world.github.add_deployment_status(work_home, first, "success");
  world.clock.advance(std::chrono::seconds(5));
  const std::string head = world.push("main", world.base);
  const auto second = world.github.add_deployment(work_home, head, environment);
  world.github.add_deployment_status(work_home, second, "failure", "no space left");
  const DeploymentEvidence seen = world.look_at_deployment(run);
  run.expect(seen.state == DeploymentState::failed && seen.revision == head, "the newer one");
  run.expect(seen.problem.find("no space left") != std::string::npos, "what is wrong");
  run.expect(seen.at.has_value(), "when");
}

void other_environments_do_not_count(ForgeWorld& world, ContractRun& run) {
  const auto id = world.github.add_deployment(work_home, world.base, "staging");
  world.github.add_deployment_status(work_home, id, "success");
  run.expect(world.look_at_deployment(run).state == DeploymentState::absent, "nothing in this one");
}

void superseded_is_looked_through(ForgeWorld& world, ContractRun& run) {
  const auto first = world.github.add_deployment(work_home, world.base, environment);
  world.github.add_deployment_status(work_home, first, "success");
  world.clock.advance(std::chrono::seconds(5));
  const std::string head = world.push("main", world.base);
  const auto second = world.github.add_deployment(work_home, head, environment);
  world.github.add_deployment_status(work_home, second, "success");
  world.github.add_deployment_status(work_home, first, "inactive");
  const DeploymentEvidence seen = world.look_at_deployment(run);
  run.expect(seen.state == DeploymentState::deployed && seen.revision == head, "the one that took its place");
}

} // namespace

std::vector<ForgeCase> deployment_cases() {
  return {
      {group, "a repository without any has none", none_is_absent},
      state_case("success", DeploymentState::deployed),
      state_case("pending", DeploymentState::pending),
      state_case("queued", DeploymentState::pending),
      state_case("in_progress", DeploymentState::pending),
      state_case("failure", DeploymentState::failed),
      state_case("error", DeploymentState::failed),
      {group, "one without a status is pending", without_status_is_pending},
      {group, "the newest counts, with what it says", newest_counts},
      {group, "other environments do not count", other_environments_do_not_count},
      {group, "one that was superseded does not count", superseded_is_looked_through},
  };
}

} // namespace afk::test

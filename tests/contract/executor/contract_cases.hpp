#pragma once
// The executor contract: what the loop relies on, whatever runs the agents. Each case gets a fresh world.

#include <contract/executor/executor_world.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace afk::test {

struct ContractCase {
  std::string name;
  std::function<void(ExecutorWorld& world)> run;
  std::optional<Trait> needs = std::nullopt; // of the executor; without it the case is not applicable
};

[[nodiscard]] std::vector<ContractCase> looking_cases();
[[nodiscard]] std::vector<ContractCase> starting_cases();
[[nodiscard]] std::vector<ContractCase> ending_cases();
[[nodiscard]] std::vector<ContractCase> verifying_cases();
[[nodiscard]] std::vector<ContractCase> asking_cases();

} // namespace afk::test

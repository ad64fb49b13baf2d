#pragma once
// The executor contract: what the loop relies on, whatever runs the agents. Each case gets a fresh world.

#include <contract/executor/executor_world.hpp>

#include <functional>
#include <string>
#include <vector>

namespace afk::test {

struct ContractCase {
  std::string name;
  std::function<void(ExecutorWorld& world)> run;
};

[[nodiscard]] std::vector<ContractCase> looking_cases();
[[nodiscard]] std::vector<ContractCase> starting_cases();
[[nodiscard]] std::vector<ContractCase> ending_cases();
[[nodiscard]] std::vector<ContractCase> verifying_cases();

} // namespace afk::test

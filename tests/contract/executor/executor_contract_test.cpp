// Every executor against the contract. A case is one row of the table that is printed at the end.

#include <contract/executor/contract_cases.hpp>
#include <contract/executor/kubernetes_world.hpp>
#include <contract/executor/process_world.hpp>

#include <support/catch.hpp>

#include <cstdio>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace afk::test {
namespace {

struct ContractExecutor {
  std::string name;
  std::function<std::unique_ptr<ExecutorWorld>()> make_world;
};

std::vector<ContractExecutor> contract_executors() {
  return {{"process", [] { return std::make_unique<ProcessWorld>(); }},
          {"kubernetes", [] { return std::make_unique<KubernetesWorld>(); }}};
}

std::vector<ContractCase> contract_cases() {
  std::vector<ContractCase> cases;
  for (auto part : {looking_cases(), starting_cases(), ending_cases(), verifying_cases()}) {
    std::move(part.begin(), part.end(), std::back_inserter(cases));
  }
  return cases;
}

TEST_CASE("the executor contract") {
  for (const ContractExecutor& executor : contract_executors()) {
    for (const ContractCase& row : contract_cases()) {
      DYNAMIC_SECTION(executor.name << ": " << row.name) {
        const auto world = executor.make_world();
        row.run(*world);
      }
    }
  }
}

TEST_CASE("the executor contract is as long as it has to be") {
  const auto cases = contract_cases();
  for (const ContractExecutor& executor : contract_executors()) {
    for (std::size_t index = 0; index < cases.size(); ++index) {
      std::printf("executor contract | %-8s | %2zu | %s\n", executor.name.c_str(), index + 1,
                  cases[index].name.c_str());
    }
  }
  std::printf("executor contract: %zu cases for each of %zu executors\n", cases.size(), contract_executors().size());
  CHECK(cases.size() >= 40);
}

} // namespace
} // namespace afk::test

// Every executor against the contract. The table that is printed at the end has a row for each case and a column for
// each executor.

#include <contract/executor/contract_cases.hpp>
#include <contract/executor/kubernetes_world.hpp>
#include <contract/executor/process_world.hpp>
#include <contract/executor/t3_world.hpp>

#include <support/catch.hpp>

#include <cstdio>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace afk::test {
namespace {

// One column of the table.
struct ContractExecutor {
  std::string name;
  std::function<std::unique_ptr<ExecutorWorld>()> make_world;
  std::map<Trait, std::string> missing = {}; // what it does not have, and why
};

std::vector<ContractExecutor> contract_executors() {
  return {{"process",
           [] { return std::make_unique<ProcessWorld>(); },
           {{Trait::live_questions, "its turns ask in the report they end with"}}},
          {"t3", [] { return std::make_unique<T3World>(); }},
          {"kubernetes",
           [] { return std::make_unique<KubernetesWorld>(); },
           {{Trait::live_questions, "its turns ask in the report they end with"}}}};
}

std::vector<ContractCase> contract_cases() {
  std::vector<ContractCase> cases;
  for (auto part : {looking_cases(), starting_cases(), ending_cases(), verifying_cases(), asking_cases()}) {
    std::move(part.begin(), part.end(), std::back_inserter(cases));
  }
  return cases;
}

// Why the case says nothing about the executor; "" where it does.
std::string why_not(const ContractExecutor& executor, const ContractCase& row) {
  const auto missing = row.needs ? executor.missing.find(*row.needs) : executor.missing.end();
  return missing == executor.missing.end() ? "" : missing->second;
}

TEST_CASE("the executor contract") {
  for (const ContractExecutor& executor : contract_executors()) {
    for (const ContractCase& row : contract_cases()) {
      if (!why_not(executor, row).empty()) {
        continue;
      }
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
    int applicable = 0;
    for (std::size_t index = 0; index < cases.size(); ++index) {
      const std::string reason = why_not(executor, cases[index]);
      applicable += reason.empty() ? 1 : 0;
      std::printf("executor contract | %-8s | %2zu | %s | %s\n", executor.name.c_str(), index + 1,
                  cases[index].name.c_str(), reason.empty() ? "applies" : ("n/a: " + reason).c_str());
    }
    std::printf("executor contract: %s: %d of %zu cases\n", executor.name.c_str(), applicable, cases.size());
    CHECK(applicable >= 40);
  }
}

} // namespace
} // namespace afk::test

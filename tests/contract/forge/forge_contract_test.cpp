#include <contract/forge/forge_contract.hpp>

#include <support/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

using namespace afk;
using namespace afk::test;

namespace {

std::vector<ForgeCase> all_cases() {
  std::vector<ForgeCase> cases;
  for (auto make_cases : {pull_request_cases, merge_cases, check_cases, deployment_cases, permission_cases}) {
    std::ranges::move(make_cases(), std::back_inserter(cases));
  }
  return cases;
}

struct Outcome {
  std::string cell; // "ok", "n/a", "FAILED"
  std::string note;
};

Outcome run_case(const ForgeCase& one, const ForgeColumn& column) {
  const auto excused = std::ranges::find(column.not_applicable, one.name, &ForgeColumn::NotApplicable::case_name);
  if (excused != column.not_applicable.end()) {
    return {.cell = "n/a", .note = std::string(excused->reason)};
  }
  ContractRun run;
  std::string note;
  try {
    const auto world = column.make_world();
    one.body(*world, run);
  } catch (const ContractStop&) {
    note = ""; // said already
  } catch (const std::exception& problem) {
    note = fmt::format("the world broke: {}\n", problem.what());
  }
  for (const std::string& failure : run.failures()) {
    note += failure + "\n";
  }
  return {.cell = note.empty() ? "ok" : "FAILED", .note = note};
}

} // namespace

TEST_CASE("every forge keeps the contract") {
  const std::vector<ForgeColumn> columns = github_forge_columns();
  const std::vector<ForgeCase> cases = all_cases();
  fmt::print("forge contract: {} cases\n{:<80}", cases.size(), "case");
  for (const ForgeColumn& column : columns) {
    fmt::print(" {:<12}", column.name);
  }
  std::vector<int> passed(columns.size());
  for (const ForgeCase& one : cases) {
    fmt::print("\n{:<80}", fmt::format("{}: {}", one.group, one.name));
    std::string reasons;
    for (std::size_t index = 0; index < columns.size(); ++index) {
      const Outcome outcome = run_case(one, columns[index]);
      fmt::print(" {:<12}", outcome.cell);
      passed[index] += outcome.cell == "ok" ? 1 : 0;
      if (outcome.cell == "n/a") {
        reasons += fmt::format(" ({}: {})", columns[index].name, outcome.note);
      }
      INFO(columns[index].name << ": " << one.name << "\n" << outcome.note);
      CHECK(outcome.cell != "FAILED");
    }
    fmt::print("{}", reasons);
  }
  fmt::print("\n");
  for (std::size_t index = 0; index < columns.size(); ++index) {
    fmt::print("{}: {} passed, {} not applicable\n", columns[index].name, passed[index],
               columns[index].not_applicable.size());
  }
}

TEST_CASE("the names of the forge's cases are unique") {
  std::set<std::string> names;
  for (const ForgeCase& one : all_cases()) {
    INFO(one.name);
    CHECK(names.insert(one.name).second);
  }
}

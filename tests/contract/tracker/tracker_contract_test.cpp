#include <contract/tracker/tracker_contract.hpp>

#include <support/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

using namespace afk;
using namespace afk::test;

namespace {

std::vector<ContractCase> all_cases() {
  std::vector<ContractCase> cases;
  for (auto make_cases : {listing_cases, record_cases, log_cases, comment_cases, write_cases, blocker_cases}) {
    std::ranges::move(make_cases(), std::back_inserter(cases));
  }
  return cases;
}

struct Outcome {
  std::string cell; // "ok", "n/a", "FAILED"
  std::string note; // why
};

Outcome run_case(const ContractCase& one, const TrackerColumn& column) {
  const auto excused = std::ranges::find(column.not_applicable, one.name, &TrackerColumn::NotApplicable::case_name);
  if (excused != column.not_applicable.end()) {
    return {.cell = "n/a", .note = std::string(excused->reason)};
  }
  ContractRun run;
  std::string broken;
  try {
    const auto world = column.make_world();
    one.body(*world, run);
    world->look_back(run);
  } catch (const ContractStop&) {
    broken = ""; // said already
  } catch (const std::exception& problem) {
    broken = fmt::format("the world broke: {}", problem.what());
  }
  std::string note = broken;
  for (const std::string& failure : run.failures()) {
    note += (note.empty() ? "" : "\n") + failure;
  }
  return {.cell = note.empty() ? "ok" : "FAILED", .note = note};
}

} // namespace

TEST_CASE("every tracker keeps the contract") {
  std::vector<TrackerColumn> columns{directory_column()};
  std::ranges::move(github_columns(), std::back_inserter(columns));
  const std::vector<ContractCase> cases = all_cases();
  fmt::print("tracker contract: {} cases\n{:<72}", cases.size(), "case");
  for (const TrackerColumn& column : columns) {
    fmt::print(" {:<12}", column.name);
  }
  std::vector<int> passed(columns.size());
  std::vector<int> excused(columns.size());
  for (const ContractCase& one : cases) {
    fmt::print("\n{:<72}", fmt::format("{}: {}", one.group, one.name));
    std::string reasons;
    for (std::size_t index = 0; index < columns.size(); ++index) {
      const Outcome outcome = run_case(one, columns[index]);
      fmt::print(" {:<12}", outcome.cell);
      passed[index] += outcome.cell == "ok" ? 1 : 0;
      excused[index] += outcome.cell == "n/a" ? 1 : 0;
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
    fmt::print("{}: {} passed, {} not applicable, {} failed\n", columns[index].name, passed[index], excused[index],
               static_cast<int>(cases.size()) - passed[index] - excused[index]);
    CHECK(excused[index] <= 10);
    CHECK(columns[index].not_applicable.size() == static_cast<std::size_t>(excused[index]));
  }
  CHECK(cases.size() >= 60);
}

TEST_CASE("the names of the contract's cases are unique") {
  std::set<std::string_view> names;
  for (const ContractCase& one : all_cases()) {
    INFO(one.name);
    CHECK(names.insert(one.name).second);
  }
}

TEST_CASE("the contract can fail") {
  ContractRun run;
  run.expect(true, "nothing");
  CHECK(run.failures().empty());
  run.expect(false, "something");
  CHECK(run.failures().size() == 1);
  CHECK_THROWS_AS(run.require(false, "more"), ContractStop);
  run.expect_error(Result<int>(1), ErrorKind::not_found);
  run.expect_error(Result<int>(Error{.kind = ErrorKind::io, .message = "x"}), ErrorKind::not_found);
  CHECK(run.failures().size() == 4);
}

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
  const std::vector<TrackerColumn> columns{directory_column()};
  const std::vector<ContractCase> cases = all_cases();
  fmt::print("tracker contract: {} cases\n", cases.size());
  for (const TrackerColumn& column : columns) {
    int passed = 0;
    int excused = 0;
    fmt::print("{:<72} {}\n", "case", column.name);
    for (const ContractCase& one : cases) {
      const Outcome outcome = run_case(one, column);
      fmt::print("{:<72} {}{}\n", fmt::format("{}: {}", one.group, one.name), outcome.cell,
                 outcome.cell == "n/a" ? ": " + outcome.note : "");
      passed += outcome.cell == "ok" ? 1 : 0;
      excused += outcome.cell == "n/a" ? 1 : 0;
      INFO(column.name << ": " << one.name << "\n" << outcome.note);
      CHECK(outcome.cell != "FAILED");
    }
    fmt::print("{}: {} passed, {} not applicable, {} failed\n", column.name, passed, excused,
               static_cast<int>(cases.size()) - passed - excused);
    CHECK(excused <= 10);
    CHECK(column.not_applicable.size() == static_cast<std::size_t>(excused));
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

#include "harness.hpp"

#include <cstdlib>
#include <iostream>

namespace reference {

namespace {

void print_count(const std::string& what, const MutationCount& count) {
  std::cout << what << " mutations: " << count.mutations << ", red: " << count.red << '\n';
  for (const std::string& name : count.red_by_strays_alone) {
    std::cout << "  red by a combination that does not exist: " << name << '\n';
  }
  for (const std::string& name : count.survivors) {
    std::cout << "  NOT red: " << name << '\n';
  }
}

} // namespace

bool is_long_run() {
  const char* value = std::getenv("AFK_LONG");
  return value != nullptr && std::string(value) == "1";
}

void print_states(const Title& title, const Table& table, const Tally& tally) {
  std::cout << title.subject << ": " << tally.states << " states (" << title.part << ")\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const std::string& name = table.rows[row].name;
    std::cout << "  row " << row + 1 << (name == std::to_string(row + 1) ? "" : " " + name) << ": "
              << tally.states_per_row[row] << '\n';
  }
}

void check_agreement(const Tally& tally) {
  INFO(tally.first_mismatch);
  REQUIRE(tally.mismatches == 0);
  INFO(tally.first_broken_promise);
  CHECK(tally.broken_promises == 0);
}

void check_mutations(const std::string& subject, const Table& table, const Tally& tally, const Samples& samples) {
  CHECK_FALSE(is_red(table, samples.witnesses));
  const auto rows = count_red(mutate_rows(table, tally.witnesses), samples.witnesses, samples.strays);
  const auto entries = count_red(mutate_entries(table, tally.witnesses), samples.witnesses, samples.strays);
  print_count(subject + " row", rows);
  print_count(subject + " entry", entries);
  CHECK(rows.red == rows.mutations);
  CHECK(entries.red == entries.mutations);
}

// A rule about what does not exist that excludes nothing by itself would be an assumption that nobody needs.
void check_rules(const Table& table, const Samples& samples) {
  std::vector<std::size_t> excluded(table.never.size());
  for (const Sample& stray : samples.strays) {
    const Breach breach = find_breach(table, stray.values);
    excluded[breach.rule] += breach.count == 1 ? 1U : 0U;
  }
  for (std::size_t rule = 0; rule < table.never.size(); ++rule) {
    INFO("rule " << rule + 1 << ": " << table.never[rule].because);
    CHECK(excluded[rule] > 0);
  }
}

} // namespace reference

#include "mutate.hpp"

#include <algorithm>
#include <set>

namespace reference {

namespace {

std::string row_name(const Row& row) {
  return "row " + row.name;
}

std::string entry_name(const Row& row, std::size_t entry) {
  return row_name(row) + " entry " + std::to_string(entry + 1) + " \"" + row.then[entry].action + "\"";
}

using Pairs = std::set<std::pair<std::size_t, std::size_t>>;

void add_pairs(std::uint64_t together, std::size_t count, Pairs& pairs) {
  for (std::size_t left = 0; left < count; ++left) {
    for (std::size_t right = left + 1; right < count; ++right) {
      if ((together >> left & together >> right & 1U) != 0) {
        pairs.emplace(left, right);
      }
    }
  }
}

// Entries that fit together while their row is the one that wins.
std::vector<Pairs> find_entry_pairs(const Table& table, const Witnesses& witnesses) {
  std::vector<Pairs> pairs(table.rows.size());
  for (const auto& [key, values] : witnesses) {
    const auto row = static_cast<std::size_t>(key.second >> 32);
    add_pairs(key.second & 0xffffffffU, table.rows[row].then.size(), pairs[row]);
  }
  return pairs;
}

} // namespace

std::vector<Mutation> mutate_rows(const Table& table, const Witnesses& witnesses) {
  std::vector<Mutation> mutations;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Table without = table;
    without.rows.erase(without.rows.begin() + static_cast<std::ptrdiff_t>(row));
    mutations.push_back({.name = "without " + row_name(table.rows[row]), .table = std::move(without)});
  }
  Pairs pairs;
  for (const auto& [key, values] : witnesses) {
    add_pairs(key.first, table.rows.size(), pairs);
  }
  for (const auto& [left, right] : pairs) {
    Table swapped = table;
    std::swap(swapped.rows[left], swapped.rows[right]);
    mutations.push_back({.name = row_name(table.rows[left]) + " swapped with " + row_name(table.rows[right]),
                         .table = std::move(swapped)});
  }
  return mutations;
}

std::vector<Mutation> mutate_entries(const Table& table, const Witnesses& witnesses) {
  std::vector<Mutation> mutations;
  const std::vector<Pairs> pairs = find_entry_pairs(table, witnesses);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    for (std::size_t entry = 0; entry < table.rows[row].then.size(); ++entry) {
      Table without = table;
      auto& entries = without.rows[row].then;
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(entry));
      mutations.push_back({.name = "without " + entry_name(table.rows[row], entry), .table = std::move(without)});
    }
    for (const auto& [left, right] : pairs[row]) {
      Table swapped = table;
      std::swap(swapped.rows[row].then[left], swapped.rows[row].then[right]);
      mutations.push_back(
          {.name = entry_name(table.rows[row], left) + " swapped with " + entry_name(table.rows[row], right),
           .table = std::move(swapped)});
    }
  }
  return mutations;
}

std::vector<Values> derive_strays(const Table& table, const Vocabulary& vocabulary, const Witnesses& witnesses) {
  std::set<Values> strays;
  for (const auto& [key, values] : witnesses) {
    for (std::size_t input = 0; input < vocabulary.size(); ++input) {
      Values stray = values;
      for (std::size_t value = 0; value < vocabulary[input].values.size(); ++value) {
        stray[input] = static_cast<std::uint8_t>(value);
        if (find_breach(table, stray).count != 0) {
          strays.insert(stray);
        }
      }
    }
  }
  return {strays.begin(), strays.end()};
}

Breach find_breach(const Table& table, const Values& values) {
  Breach breach;
  for (std::size_t rule = 0; rule < table.never.size(); ++rule) {
    if (fits(values, table.never[rule].when)) {
      breach = {.count = breach.count + 1, .rule = rule};
    }
  }
  return breach;
}

bool is_red(const Table& table, const std::vector<Sample>& samples) {
  return std::any_of(samples.begin(), samples.end(),
                     [&](const Sample& sample) { return !same_answer(table, sample.values, sample.answer); });
}

MutationCount count_red(const std::vector<Mutation>& mutations, const std::vector<Sample>& witnesses,
                        const std::vector<Sample>& strays) {
  MutationCount count{.mutations = mutations.size(), .red = 0, .red_by_strays_alone = {}, .survivors = {}};
  for (const Mutation& mutation : mutations) {
    if (is_red(mutation.table, witnesses)) {
      ++count.red;
    } else if (is_red(mutation.table, strays)) {
      ++count.red;
      count.red_by_strays_alone.push_back(mutation.name);
    } else {
      count.survivors.push_back(mutation.name);
    }
  }
  return count;
}

} // namespace reference

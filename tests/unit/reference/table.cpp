#include "table.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace reference {

namespace {

[[noreturn]] void refuse(const toml::node& node, const std::string& problem) {
  const toml::source_region& source = node.source();
  throw std::runtime_error((source.path ? *source.path : std::string("reference")) + ":" +
                           std::to_string(source.begin.line) + ": " + problem);
}

std::uint32_t read_values(const toml::node& node, const Input& input, const std::string& text) {
  std::uint32_t allowed = 0;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('|', begin), text.size());
    const std::string value = text.substr(begin, end - begin);
    const auto found = std::find(input.values.begin(), input.values.end(), value);
    if (found == input.values.end()) {
      refuse(node, "the input " + input.name + " has no value \"" + value + "\"");
    }
    const auto bit = std::uint32_t{1} << (found - input.values.begin());
    if ((allowed & bit) != 0) {
      refuse(node, "the value \"" + value + "\" stands here twice");
    }
    allowed |= bit;
    begin = end + 1;
  }
  return allowed;
}

Condition read_condition(const toml::node* node, const Vocabulary& vocabulary) {
  Condition condition;
  if (node == nullptr) {
    return condition;
  }
  const toml::table* when = node->as_table();
  if (when == nullptr) {
    refuse(*node, "`when` is a table");
  }
  for (const auto& [key, value] : *when) {
    const std::string name(key.str());
    const auto input =
        std::find_if(vocabulary.begin(), vocabulary.end(), [&](const Input& each) { return each.name == name; });
    if (input == vocabulary.end()) {
      refuse(value, "there is no input " + name);
    }
    const auto text = value.value<std::string>();
    if (!text) {
      refuse(value, "values are text");
    }
    const auto index = static_cast<std::size_t>(input - vocabulary.begin());
    condition.push_back({.input = index, .allowed = read_values(value, *input, *text)});
  }
  return condition;
}

std::string read_text(const toml::table& table, const char* key) {
  const auto text = table[key].value<std::string>();
  if (!text || text->empty()) {
    refuse(table, std::string("`") + key + "` is missing");
  }
  return *text;
}

const toml::array& read_list(const toml::table& table, const char* key) {
  const toml::array* list = table[key].as_array();
  if (list == nullptr || list->empty()) {
    refuse(table, std::string("the list `") + key + "` is missing");
  }
  return *list;
}

const toml::table& read_entry(const toml::node& node, const std::set<std::string>& keys) {
  const toml::table* entry = node.as_table();
  if (entry == nullptr) {
    refuse(node, "an entry is a table");
  }
  for (const auto& [key, value] : *entry) {
    if (!keys.contains(std::string(key.str()))) {
      refuse(value, "unknown key " + std::string(key.str()));
    }
  }
  return *entry;
}

std::vector<Then> read_then(const toml::table& row, const Vocabulary& vocabulary) {
  std::vector<Then> entries;
  for (const toml::node& node : read_list(row, "then")) {
    const toml::table& entry = read_entry(node, {"when", "action", "effect"});
    if (!entries.empty() && entries.back().when.empty()) {
      refuse(node, "nothing gets past the entry before this one");
    }
    entries.push_back({.when = read_condition(entry.get("when"), vocabulary),
                       .action = read_text(entry, "action"),
                       .effect = entry["effect"].value_or(false)});
  }
  if (!entries.back().when.empty()) {
    refuse(row, "the last entry of `then` has no condition");
  }
  return entries;
}

std::vector<Row> read_rows(const toml::table& root, const Vocabulary& vocabulary) {
  std::vector<Row> rows;
  for (const toml::node& node : read_list(root, "row")) {
    const toml::table& row = read_entry(node, {"number", "gate", "prose", "when", "then"});
    if (row.get("when") == nullptr) {
      refuse(row, "`when` is missing");
    }
    const int number = row["number"].value_or(0);
    if (number != static_cast<int>(rows.size()) + 1) {
      refuse(row, "rows are numbered from 1 without a gap");
    }
    rows.push_back({.name = row["gate"].value_or(std::to_string(number)),
                    .prose = read_text(row, "prose"),
                    .when = read_condition(row.get("when"), vocabulary),
                    .then = read_then(row, vocabulary)});
  }
  if (!rows.back().when.empty()) {
    refuse(root, "the last row has no condition");
  }
  return rows;
}

std::vector<Promise> read_promises(const toml::table& root, const Vocabulary& vocabulary) {
  std::vector<Promise> promises;
  for (const toml::node& node : read_list(root, "promise")) {
    const toml::table& entry = read_entry(node, {"when", "forbids", "prose"});
    Promise promise{
        .when = read_condition(entry.get("when"), vocabulary), .forbids = {}, .prose = read_text(entry, "prose")};
    for (const toml::node& action : read_list(entry, "forbids")) {
      promise.forbids.push_back(action.value_or(std::string{}));
    }
    promises.push_back(std::move(promise));
  }
  return promises;
}

// A promise about an action that no row takes would be kept by a spelling mistake.
void require_known_actions(const toml::table& root, const Table& table) {
  std::set<std::string> known = {"effect"};
  for (const Row& row : table.rows) {
    for (const Then& then : row.then) {
      known.insert(then.action);
    }
  }
  for (const Promise& promise : table.promises) {
    for (const std::string& action : promise.forbids) {
      if (!known.contains(action)) {
        refuse(root, "no row takes the action \"" + action + "\" that a promise forbids");
      }
    }
  }
}

Table convert(const toml::table& root, const Vocabulary& vocabulary) {
  read_entry(root, {"row", "never", "promise", "slice"});
  Table table;
  table.rows = read_rows(root, vocabulary);
  for (const toml::node& node : read_list(root, "never")) {
    const toml::table& entry = read_entry(node, {"when", "because"});
    table.never.push_back(
        {.when = read_condition(entry.get("when"), vocabulary), .because = read_text(entry, "because")});
  }
  table.promises = read_promises(root, vocabulary);
  require_known_actions(root, table);
  for (const toml::node& node : read_list(root, "slice")) {
    const toml::table& entry = read_entry(node, {"name", "when", "away"});
    table.slices.push_back({.name = read_text(entry, "name"),
                            .when = read_condition(entry.get("when"), vocabulary),
                            .away = entry["away"].value_or(most_inputs)});
  }
  if (std::max({table.rows.size(), table.never.size(), table.promises.size()}) > most_entries) {
    refuse(root, "too many entries of one kind");
  }
  return table;
}

} // namespace

Table read_table(const std::filesystem::path& file, const Vocabulary& vocabulary) {
  return convert(toml::parse_file(file.string()), vocabulary);
}

Table parse_table(std::string_view text, const Vocabulary& vocabulary) {
  return convert(toml::parse(text), vocabulary);
}

bool fits(const Values& values, const Condition& condition) {
  return std::all_of(condition.begin(), condition.end(),
                     [&](const Term& term) { return (term.allowed >> values[term.input] & 1U) != 0; });
}

bool is_in(const Values& values, const Slice& slice) {
  const auto away = std::count_if(values.begin(), values.end(), [](std::uint8_t value) { return value != 0; });
  return static_cast<std::size_t>(away) <= slice.away && fits(values, slice.when);
}

bool forbids(const Promise& promise, const Then& then) {
  return std::any_of(promise.forbids.begin(), promise.forbids.end(), [&](const std::string& action) {
    return action == then.action || (then.effect && action == "effect");
  });
}

std::optional<Expected> evaluate(const Table& table, const Values& values) {
  for (const Row& row : table.rows) {
    if (!fits(values, row.when)) {
      continue;
    }
    for (const Then& then : row.then) {
      if (fits(values, then.when)) {
        return Expected{.row = &row, .then = &then};
      }
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::string describe(const Vocabulary& vocabulary, const Values& values) {
  std::string text;
  for (std::size_t input = 0; input < vocabulary.size(); ++input) {
    text += (input == 0 ? "" : " ") + vocabulary[input].name + "=" + vocabulary[input].values[values[input]];
  }
  return text;
}

} // namespace reference

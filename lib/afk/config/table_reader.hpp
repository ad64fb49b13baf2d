#pragma once
// Reading one table of the file against the description of its keys.

#include <afk/config/assembly.hpp>
#include <afk/config/keys.hpp>
#include <afk/config/suggestion.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::config {

struct TableScope {
  std::string path;                 // as in messages: "agents.claude"; empty for the whole file
  std::vector<std::string> handled; // keys that somebody else reads
};

template <typename Section>
Vocabulary derive_vocabulary(const Keys<Section>& keys, const TableScope& scope) {
  Vocabulary vocabulary;
  for (const Key<Section>& key : keys) {
    vocabulary.push_back(KnownKey{.path = key.path, .documentation = key.documentation});
  }
  for (const std::string& handled : scope.handled) {
    vocabulary.push_back(KnownKey{.path = handled, .documentation = ""});
  }
  return vocabulary;
}

template <typename Section>
class TableReader {
 public:
  TableReader(Assembly& assembly, TableScope scope, const Keys<Section>& keys)
      : assembly_(assembly), scope_(std::move(scope)), keys_(keys) {}

  void read(const Table& table, Section& section) { read_part(table, "", section); }

 private:
  void read_part(const Table& table, const std::string& prefix, Section& section) {
    for (const Entry& entry : table.entries) {
      const std::string path = join_key(prefix, render_key_part(entry.key));
      if (std::ranges::find(scope_.handled, path) == scope_.handled.end()) {
        read_entry(entry, path, section);
      }
    }
  }

  void read_entry(const Entry& entry, const std::string& path, Section& section) {
    const auto key = std::ranges::find(keys_, path, &Key<Section>::path);
    if (key != keys_.end()) {
      read_value(*key, entry.value, section);
      return;
    }
    const std::string full = join_key(scope_.path, path);
    const auto* table = std::get_if<Table>(&entry.value.value);
    if (!is_table(path)) {
      assembly_.refuse_at(entry.position, full, table == nullptr ? "no such key" : "no such table",
                          suggest_key({.path = path, .table = scope_.path}, derive_vocabulary(keys_, scope_)));
    } else if (table == nullptr) {
      assembly_.refuse_at(entry.value.position, full,
                          "a table was expected, this is " + std::string(describe_node(entry.value)),
                          "write [" + full + "] and its keys below it");
    } else {
      assembly_.note_table(full, entry.position);
      read_part(*table, path, section);
    }
  }

  void read_value(const Key<Section>& key, const Node& node, Section& section) {
    const std::string full = join_key(scope_.path, key.path);
    assembly_.note_file_value(full, node.position);
    if (key.read(section, node, assembly_.file_context(full)) == Reading::refused) {
      assembly_.note_broken(full);
    }
  }

  [[nodiscard]] bool is_table(const std::string& path) const {
    return std::ranges::any_of(keys_,
                               [start = path + "."](const Key<Section>& key) { return key.path.starts_with(start); });
  }

  Assembly& assembly_;
  TableScope scope_;
  const Keys<Section>& keys_;
};

} // namespace afk::config

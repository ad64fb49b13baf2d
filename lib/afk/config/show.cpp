#include <afk/config/show.hpp>

#include <afk/config/assembly.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::config {
namespace {

// Origins stand in this column at most; longer lines push theirs out.
constexpr std::size_t widest_column = 60;

class SettingList {
 public:
  explicit SettingList(const Provenance& provenance) : provenance_(provenance) {}

  void add(const std::string& key, Node value) {
    settings_.push_back(Setting{
        .key = key, .value = std::move(value), .origin = render_origin(provenance_, find_origin(provenance_, key))});
  }

  template <typename Section>
  void add_section(const std::string& table, const Keys<Section>& keys, const Section& section) {
    for (const Key<Section>& key : keys) {
      add(join_key(table, key.path), key.show(section));
    }
  }

  void add_repository(const RepositoryEntry& entry) {
    const std::string table = join_key(repositories_table, render_key_part(render_repository_name(entry.repository)));
    for (const Key<RepositoryEntry>& key : repository_keys()) {
      const std::string full = join_key(table, key.path);
      const bool own = key.path.find('.') == std::string::npos;
      if (own || provenance_.origins.contains(full)) {
        add(full, key.show(entry));
      }
    }
  }

  [[nodiscard]] std::vector<Setting> take() && { return std::move(settings_); }

 private:
  const Provenance& provenance_;
  std::vector<Setting> settings_;
};

} // namespace

std::vector<Setting> derive_settings(const Loaded& loaded) {
  SettingList list(loaded.provenance);
  list.add_section("", global_keys(), loaded.config);
  for (const auto& [name, settings] : loaded.config.agents) {
    list.add_section(join_key(agents_table, name), agent_keys(), settings);
  }
  for (const auto& [name, settings] : loaded.config.executors) {
    const ExecutorKind& kind = find_executor_kind(settings);
    const std::string table = join_key(executors_table, name);
    list.add(table + ".kind", Node{.value = kind.name});
    list.add_section(table, kind.keys, settings);
  }
  for (const auto& [name, settings] : loaded.config.roles) {
    list.add_section(join_key(roles_table, name), role_keys(), settings);
  }
  for (const RepositoryEntry& entry : loaded.config.repositories) {
    list.add_repository(entry);
  }
  for (const auto& [name, settings] : loaded.config.notify) {
    list.add_section(join_key(notify_table, name), notifier_keys(), settings);
  }
  return std::move(list).take();
}

std::string render_settings(const std::vector<Setting>& settings) {
  std::vector<std::string> lines;
  std::size_t column = 0;
  for (const Setting& setting : settings) {
    lines.push_back(fmt::format("{} = {}", setting.key, render_node(setting.value)));
    column = std::max(column, std::min(lines.back().size(), widest_column));
  }
  std::string text;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    text += fmt::format("{:<{}}  # {}\n", lines[index], column, settings[index].origin);
  }
  return text;
}

} // namespace afk::config

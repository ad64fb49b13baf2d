#include <afk/config/read_tables.hpp>

#include <afk/config/table_reader.hpp>

#include <fmt/format.h>

namespace afk::config {
namespace {

TableScope global_scope() {
  return TableScope{.path = "",
                    .handled = {std::string(agents_table), std::string(executors_table),
                                std::string(repositories_table), std::string(notify_table), std::string(roles_table)}};
}

// The entries of [<name>.*]; nothing where the file has none. Each of them is a table, the others are refused.
std::optional<std::vector<const Entry*>> find_named_tables(Assembly& assembly, const Table& document,
                                                           std::string_view name) {
  const auto found = std::ranges::find(document.entries, name, &Entry::key);
  if (found == document.entries.end()) {
    return std::nullopt;
  }
  assembly.note_table(std::string(name), found->position);
  const std::string example = fmt::format("write [{}.<name>] and its keys below it", name);
  const auto* table = std::get_if<Table>(&found->value.value);
  std::vector<const Entry*> entries;
  if (table == nullptr) {
    assembly.refuse_at(found->value.position, std::string(name),
                       fmt::format("a table was expected, this is {}", describe_node(found->value)), example);
    return entries;
  }
  for (const Entry& entry : table->entries) {
    const std::string full = join_key(name, render_key_part(entry.key));
    if (!std::holds_alternative<Table>(entry.value.value)) {
      assembly.refuse_at(entry.position, full,
                         fmt::format("a table was expected, this is {}", describe_node(entry.value)), example);
      assembly.note_broken(full);
      continue;
    }
    assembly.note_table(full, entry.position);
    entries.push_back(&entry);
  }
  return entries;
}

// Names stand in labels, messages and keys: short, lower case, and the same for everybody.
bool read_name(Assembly& assembly, const Entry& entry, const std::string& full) {
  constexpr std::string_view legal = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  const std::string& name = entry.key;
  const bool right = !name.empty() && name.size() <= 40 && name.front() != '-' && name.front() != '_' &&
                     name.find_first_not_of(legal) == std::string::npos;
  if (!right) {
    assembly.refuse_at(entry.position, full,
                       "a name has 1 to 40 lower-case letters, digits, \"-\" and \"_\", a letter or digit first");
  }
  return right;
}

void read_agents(Assembly& assembly, const Table& document) {
  const auto entries = find_named_tables(assembly, document, agents_table);
  if (!entries) {
    return;
  }
  assembly.config.agents.clear();
  for (const Entry* entry : *entries) {
    const std::string full = join_key(agents_table, render_key_part(entry->key));
    AgentSettings settings;
    TableReader(assembly, {.path = full, .handled = {}}, agent_keys())
        .read(std::get<Table>(entry->value.value), settings);
    if (read_name(assembly, *entry, full)) {
      assembly.config.agents.emplace(entry->key, std::move(settings));
    }
  }
}

const ExecutorKind* read_executor_kind(Assembly& assembly, const Table& table, const std::string& full) {
  Choices<std::size_t> choices;
  for (std::size_t index = 0; index < executor_kinds().size(); ++index) {
    choices.emplace_back(executor_kinds()[index].name, index);
  }
  const auto type = choice_type(choices);
  const auto found = std::ranges::find(table.entries, "kind", &Entry::key);
  if (found == table.entries.end()) {
    assembly.refuse(
        full + ".kind", "an executor says what it is",
        fmt::format("write kind = \"process\", for example; it is {}", describe_choice(derive_names(choices))));
    return nullptr;
  }
  const std::string key = full + ".kind";
  assembly.note_file_value(key, found->value.position);
  const auto index = type.read(found->value, assembly.file_context(key));
  return index ? &executor_kinds()[*index] : nullptr;
}

// A key that this kind does not have, but another one does: said as such. Answers the keys that are dealt with.
std::vector<std::string> refuse_foreign_keys(Assembly& assembly, const Table& table, const ExecutorKind& kind,
                                             const std::string& full) {
  std::vector<std::string> handled{"kind"};
  for (const Entry& entry : table.entries) {
    const auto has_key = [&entry](const ExecutorKind& candidate) {
      return std::ranges::find(candidate.keys, entry.key, &Key<ExecutorSettings>::path) != candidate.keys.end();
    };
    const auto owner = std::ranges::find_if(executor_kinds(), has_key);
    if (!has_key(kind) && owner != executor_kinds().end()) {
      assembly.refuse_at(entry.position, join_key(full, entry.key),
                         fmt::format("an executor of kind = \"{}\" has no such key", kind.name),
                         fmt::format("it is a key of kind = \"{}\"", owner->name));
      handled.push_back(entry.key);
    }
  }
  return handled;
}

void read_executors(Assembly& assembly, const Table& document) {
  const auto entries = find_named_tables(assembly, document, executors_table);
  if (!entries) {
    return;
  }
  assembly.config.executors.clear();
  for (const Entry* entry : *entries) {
    const std::string full = join_key(executors_table, render_key_part(entry->key));
    const Table& table = std::get<Table>(entry->value.value);
    const bool named = read_name(assembly, *entry, full);
    const ExecutorKind* kind = read_executor_kind(assembly, table, full);
    if (kind == nullptr) {
      assembly.note_broken(full);
      continue;
    }
    ExecutorSettings settings = kind->built_in;
    TableScope scope{.path = full, .handled = refuse_foreign_keys(assembly, table, *kind, full)};
    TableReader(assembly, std::move(scope), kind->keys).read(table, settings);
    if (named) {
      assembly.config.executors.emplace(entry->key, std::move(settings));
    }
  }
}

void read_notifiers(Assembly& assembly, const Table& document) {
  const auto entries = find_named_tables(assembly, document, notify_table);
  if (!entries) {
    return;
  }
  for (const Entry* entry : *entries) {
    const std::string full = join_key(notify_table, render_key_part(entry->key));
    NotifierSettings settings;
    TableReader(assembly, {.path = full, .handled = {}}, notifier_keys())
        .read(std::get<Table>(entry->value.value), settings);
    if (read_name(assembly, *entry, full)) {
      assembly.config.notify.emplace(entry->key, std::move(settings));
    }
  }
}

void read_roles(Assembly& assembly, const Table& document) {
  const auto entries = find_named_tables(assembly, document, roles_table);
  if (!entries) {
    return;
  }
  for (const Entry* entry : *entries) {
    const std::string full = join_key(roles_table, render_key_part(entry->key));
    RoleSettings settings;
    TableReader(assembly, {.path = full, .handled = {}}, role_keys())
        .read(std::get<Table>(entry->value.value), settings);
    if (read_name(assembly, *entry, full)) {
      assembly.config.roles.emplace(entry->key, std::move(settings));
    }
  }
}

void read_repositories(Assembly& assembly, const Table& document) {
  const auto entries = find_named_tables(assembly, document, repositories_table);
  if (!entries) {
    return;
  }
  Config& config = assembly.config;
  for (const Entry* entry : *entries) {
    const std::string full = join_key(repositories_table, render_key_part(entry->key));
    const Result<RepositoryName> name = parse_repository_name(entry->key);
    if (!name.ok()) {
      assembly.refuse_at(entry->position, full, "this is not the name of a repository",
                         "write [repositories.\"owner/repo\"], with the quotes");
      continue;
    }
    const bool known = std::ranges::any_of(config.repositories, [&name](const RepositoryEntry& other) {
      return same_repository(other.repository, *name);
    });
    if (known) {
      assembly.refuse_at(entry->position, full, "this repository has a table already, in other letters");
      continue;
    }
    RepositoryEntry settings;
    settings.repository = *name;
    settings.policy = config.policy;
    settings.lifecycle = config.lifecycle;
    settings.checks = config.checks;
    settings.qa = config.qa;
    TableReader(assembly, {.path = full, .handled = {}}, repository_keys())
        .read(std::get<Table>(entry->value.value), settings);
    config.repositories.push_back(std::move(settings));
  }
}

} // namespace

void read_global_tables(Assembly& assembly, const Table& document) {
  TableReader(assembly, global_scope(), global_keys()).read(document, assembly.config);
}

void read_named_tables(Assembly& assembly, const Table& document) {
  read_agents(assembly, document);
  read_executors(assembly, document);
  read_notifiers(assembly, document);
  read_roles(assembly, document);
  read_repositories(assembly, document);
}

} // namespace afk::config

// What the variables say. The file has been read by now: a variable wins over it.
#include <afk/config/keys.hpp>
#include <afk/config/nearest.hpp>
#include <afk/config/read_tables.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::config {
namespace {

void refuse_variable(Assembly& assembly, std::string_view variable, std::string message, std::string hint) {
  assembly.problems.push_back(Problem{.file = {},
                                      .position = {},
                                      .variable = std::string(variable),
                                      .key = {},
                                      .message = std::move(message),
                                      .hint = std::move(hint)});
}

std::string derive_key_path(std::string_view variable) {
  for (const Alias& alias : list_aliases()) {
    if (alias.variable == variable) {
      return std::string(alias.path);
    }
  }
  for (const Key<Config>& key : global_keys()) {
    if (derive_variable(key.path) == variable) {
      return key.path;
    }
  }
  return {};
}

void refuse_unknown_variable(Assembly& assembly, std::string_view variable) {
  for (const std::string_view table : {agents_table, executors_table, repositories_table, notify_table, roles_table}) {
    if (variable.starts_with(derive_variable(table) + "_")) {
      refuse_variable(assembly, variable, fmt::format("the tables [{}.*] come from the file only", table),
                      "write it into the file, and unset the variable");
      return;
    }
  }
  std::vector<std::string> names;
  for (const Key<Config>& key : global_keys()) {
    names.push_back(derive_variable(key.path));
  }
  for (const Alias& alias : list_aliases()) {
    names.emplace_back(alias.variable);
  }
  const auto nearest = find_nearest(variable, names);
  refuse_variable(assembly, variable, "no key of the configuration has this name",
                  nearest ? fmt::format("did you mean {}?", *nearest) : "unset it, or give it a name without AFK_");
}

void read_variable(Assembly& assembly, std::string_view variable, std::string_view text) {
  const std::string path = derive_key_path(variable);
  const Origin before = find_origin(assembly.provenance, path);
  if (before.kind == Origin::Kind::environment) {
    refuse_variable(assembly, variable, fmt::format("{} is set already, by {}", path, before.source),
                    "unset one of the two");
    return;
  }
  const auto key = std::ranges::find(global_keys(), path, &Key<Config>::path);
  assembly.note_variable_value(path, variable);
  const ValueContext context = assembly.variable_context(path, variable);
  if (key->read(assembly.config, derive_node(key->form, text), context) == Reading::refused) {
    assembly.note_broken(path);
  }
}

} // namespace

void read_environment(Assembly& assembly) {
  Environment environment = assembly.environment();
  std::ranges::stable_sort(environment, {}, &std::pair<std::string, std::string>::first);
  std::vector<std::string_view> unknown;
  for (const auto& [variable, text] : environment) {
    if (!variable.starts_with("AFK_") || is_reserved_variable(variable)) {
      continue;
    }
    if (derive_key_path(variable).empty()) {
      unknown.push_back(variable);
    } else {
      read_variable(assembly, variable, text);
    }
  }
  for (const std::string_view variable : unknown) {
    // The operator may have chosen such a name for the variable that holds the token.
    if (variable != assembly.config.tracker.token_env) {
      refuse_unknown_variable(assembly, variable);
    }
  }
}

} // namespace afk::config

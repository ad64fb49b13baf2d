#include <afk/config/assembly.hpp>

#include <afk/config/read_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::config {

Assembly::Assembly(Source source) : source_(std::move(source)) {
  provenance.file = source_.file;
}

ValueContext Assembly::file_context(const std::string& key) {
  return ValueContext({.key = key, .file = source_.file, .folder = source_.folder, .variable = {}}, problems);
}

ValueContext Assembly::variable_context(const std::string& key, std::string_view variable) {
  return ValueContext({.key = key, .file = {}, .folder = {}, .variable = std::string(variable)}, problems);
}

void Assembly::note_file_value(const std::string& key, Position position) {
  provenance.origins[key] = Origin{.kind = Origin::Kind::file, .position = position};
}

void Assembly::note_variable_value(const std::string& key, std::string_view variable) {
  provenance.origins[key] = Origin{.kind = Origin::Kind::environment, .source = std::string(variable)};
}

void Assembly::note_derived_value(const std::string& key, std::string_view source) {
  provenance.origins[key] = Origin{.kind = Origin::Kind::derived, .source = std::string(source)};
}

bool Assembly::are_sound(std::initializer_list<std::string> keys) const {
  return std::ranges::none_of(keys, [this](const std::string& key) { return broken_.contains(key); });
}

Position Assembly::find_table_position(std::string_view key) const {
  // Tables are noted under their whole path; the innermost one that is there is the nearest place.
  const std::string* best = nullptr;
  Position position;
  for (const auto& [path, place] : tables_) {
    const bool holds = key == path || (key.starts_with(path) && key.substr(path.size(), 1) == ".");
    if (holds && (best == nullptr || path.size() > best->size())) {
      best = &path;
      position = place;
    }
  }
  return position;
}

void Assembly::refuse(const std::string& key, std::string message, std::string hint) {
  const Origin origin = find_origin(provenance, key);
  if (origin.kind == Origin::Kind::environment) {
    problems.push_back(Problem{.file = {},
                               .position = {},
                               .variable = origin.source,
                               .key = key,
                               .message = std::move(message),
                               .hint = std::move(hint)});
    return;
  }
  const Position position = origin.kind == Origin::Kind::file ? origin.position : find_table_position(key);
  refuse_at(position, key, std::move(message), std::move(hint));
}

void Assembly::refuse_at(Position position, std::string key, std::string message, std::string hint) {
  problems.push_back(Problem{.file = source_.file,
                             .position = position,
                             .variable = {},
                             .key = std::move(key),
                             .message = std::move(message),
                             .hint = std::move(hint)});
}

std::string render_key_part(std::string_view part) {
  constexpr std::string_view bare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const bool is_bare = !part.empty() && part.size() <= 80 && part.find_first_not_of(bare) == std::string_view::npos;
  return is_bare ? std::string(part) : quote_value(part);
}

std::string join_key(std::string_view table, std::string_view key) {
  return table.empty() ? std::string(key) : fmt::format("{}.{}", table, key);
}

} // namespace afk::config

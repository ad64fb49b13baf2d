// The only file of this room that knows the TOML library.
#include <afk/config/nesting.hpp>
#include <afk/config/node.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace afk::config {
namespace {

Position derive_position(const toml::source_region& region) {
  return Position{.line = static_cast<int>(region.begin.line), .column = static_cast<int>(region.begin.column)};
}

Node convert(const toml::node& node);

Table convert_table(const toml::table& table) {
  Table converted;
  for (auto&& [key, value] : table) {
    converted.entries.push_back(
        Entry{.key = std::string(key.str()), .position = derive_position(key.source()), .value = convert(value)});
  }
  std::ranges::sort(converted.entries, {}, &Entry::position);
  return converted;
}

Node convert(const toml::node& node) {
  Node converted{.value = Moment{}, .position = derive_position(node.source())};
  if (const toml::table* table = node.as_table()) {
    converted.value = convert_table(*table);
  } else if (const toml::array* array = node.as_array()) {
    List list;
    for (const toml::node& item : *array) {
      list.push_back(convert(item));
    }
    converted.value = std::move(list);
  } else if (const auto* text = node.as_string()) {
    converted.value = text->get();
  } else if (const auto* integer = node.as_integer()) {
    converted.value = std::int64_t{integer->get()};
  } else if (const auto* number = node.as_floating_point()) {
    converted.value = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    converted.value = flag->get();
  }
  return converted;
}

} // namespace

std::expected<Table, SyntaxError> parse_document(std::string_view text) {
  if (text.size() > largest_document) {
    return std::unexpected(
        SyntaxError{.position = {},
                    .message = fmt::format("the text has {} bytes, {} are allowed", text.size(), largest_document)});
  }
  if (const auto position = find_too_deep(text, deepest_nesting)) {
    return std::unexpected(
        SyntaxError{.position = *position, .message = fmt::format("nested deeper than {} levels", deepest_nesting)});
  }
  // The library repeats what it stumbled over as it stands.
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return std::unexpected(
        SyntaxError{.position = derive_position(error.source()), .message = clean_single_line(error.description())});
  } catch (const std::exception& error) {
    return std::unexpected(SyntaxError{.position = {}, .message = clean_single_line(error.what())});
  }
}

} // namespace afk::config

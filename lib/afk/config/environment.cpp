#include <afk/config/environment.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace afk::config {
namespace {

// The program's own, those of its build and tests, and those that the supervisor gives to agents.
constexpr auto reserved_names =
    std::to_array<std::string_view>({"AFK_CONFIG", "AFK_PROGRAM", "AFK_SOURCE_DIR", "AFK_LONG", "AFK_REQUIRE_AGENTS",
                                     "AFK_UPDATE_GOLDEN", "AFK_RUN", "AFK_TURN", "AFK_PROMPT_FILE", "AFK_ISSUE_FILE"});
// What agents report through, and what tests hand to themselves.
constexpr auto reserved_families = std::to_array<std::string_view>({"AFK_REPORT", "AFK_TEST"});

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

Node derive_scalar(std::string_view text) {
  if (text == "true" || text == "false") {
    return Node{.value = text == "true"};
  }
  if (const auto integer = parse_number<std::int64_t>(text)) {
    return Node{.value = *integer};
  }
  if (const auto number = parse_number<double>(text)) {
    return Node{.value = *number};
  }
  return Node{.value = std::string(text)};
}

Node split_list(std::string_view text) {
  List list;
  if (trim_ascii(text).empty()) {
    return Node{.value = list};
  }
  while (true) {
    const std::size_t comma = text.find(',');
    list.push_back(Node{.value = std::string(trim_ascii(text.substr(0, comma)))});
    if (comma == std::string_view::npos) {
      return Node{.value = std::move(list)};
    }
    text.remove_prefix(comma + 1);
  }
}

Node derive_list(std::string_view text) {
  if (!trim_ascii(text).starts_with('[')) {
    return split_list(text);
  }
  auto document = parse_document("value = " + std::string(trim_ascii(text)));
  if (document && document->entries.size() == 1 && std::holds_alternative<List>(document->entries[0].value.value)) {
    return std::move(document->entries[0].value);
  }
  return Node{.value = std::string(text)};
}

} // namespace

std::optional<std::string_view> find_variable(const Environment& environment, std::string_view name) {
  for (const auto& [variable, value] : environment) {
    if (variable == name) {
      return value;
    }
  }
  return std::nullopt;
}

std::string derive_variable(std::string_view path) {
  std::string name = "AFK_";
  for (const char character : path) {
    if (character == '.') {
      name += '_';
    } else if (character >= 'a' && character <= 'z') {
      name += static_cast<char>(character - 'a' + 'A');
    } else {
      name += character;
    }
  }
  return name;
}

const std::vector<Alias>& list_aliases() {
  static const std::vector<Alias> aliases{
      {.variable = "AFK_READY_LABEL", .path = "labels.ready"},
      {.variable = "AFK_IN_PROGRESS_LABEL", .path = "labels.in_progress"},
      {.variable = "AFK_BUDGET_USD", .path = "lifecycle.budget_usd"},
      {.variable = "AFK_FIX_FORWARD_MAX_ATTEMPTS", .path = "lifecycle.fix_forward_max_attempts"},
      {.variable = "AFK_FIX_FORWARD_MAX_SECONDS", .path = "lifecycle.fix_forward_max_seconds"},
  };
  return aliases;
}

bool is_reserved_variable(std::string_view name) {
  if (std::ranges::find(reserved_names, name) != reserved_names.end()) {
    return true;
  }
  return std::ranges::any_of(reserved_families, [name](std::string_view family) {
    return name.starts_with(family) && (name.size() == family.size() || name[family.size()] == '_');
  });
}

Node derive_node(Form form, std::string_view text) {
  switch (form) {
  case Form::text:
    return Node{.value = std::string(text)};
  case Form::scalar:
    return derive_scalar(text);
  case Form::list:
    return derive_list(text);
  }
  return Node{.value = std::string(text)};
}

} // namespace afk::config

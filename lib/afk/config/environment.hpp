#pragma once
// The keys as environment variables: AFK_ and the path in upper case, with "_" for ".", and a few names from before.

#include <afk/config/node.hpp>
#include <afk/config/value_type.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::config {

// As the process has it: names and values, in any order. Nothing in this room asks the process itself.
using Environment = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::optional<std::string_view> find_variable(const Environment& environment, std::string_view name);

// "AFK_LIFECYCLE_BUDGET_USD" of "lifecycle.budget_usd".
[[nodiscard]] std::string derive_variable(std::string_view path);

struct Alias {
  std::string_view variable;
  std::string_view path;
};

[[nodiscard]] const std::vector<Alias>& list_aliases();

// Variables of that prefix that are no keys: the program's own, those that it gives to agents, those of its tests.
[[nodiscard]] bool is_reserved_variable(std::string_view name);

// The text of a variable as the node that a file would have had.
[[nodiscard]] Node derive_node(Form form, std::string_view text);

} // namespace afk::config

#pragma once
// How deep a TOML text nests, found without building it: the library recurses once per level, through dotted keys as
// through brackets, so that a hostile text could exhaust the stack before the library's own limit.

#include <afk/config/node.hpp>

#include <optional>
#include <string_view>

namespace afk::config {

// Where the text first nests deeper than `limit`: brackets that are open at the same time, or dots of one line outside
// of strings and comments. Exact for every text up to its first syntax error, where the library stops as well.
[[nodiscard]] std::optional<Position> find_too_deep(std::string_view text, int limit);

} // namespace afk::config

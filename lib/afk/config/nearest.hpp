#pragma once
// The known word that somebody probably meant.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace afk::config {

// The candidate with the fewest single-character edits (insert, drop, replace, swap neighbours), without regard to case
// and to "-" against "_", where there are at most three and no more than a third of the word; else the first candidate
// that goes on where the word ends ("token", "token_file").
[[nodiscard]] std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace afk::config

#pragma once
// The known word that somebody probably meant.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace afk::config {

// The candidate with the fewest single-character edits (insert, drop, replace, swap neighbours), without regard to case
// and to "-" against "_"; nothing where even the best one differs by more than a third of the word.
[[nodiscard]] std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace afk::config

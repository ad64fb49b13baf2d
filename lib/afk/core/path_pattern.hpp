#pragma once
// Patterns for paths inside a repository, as in `protected_paths`: "*" and "?" stay within one part of the path, "**"
// spans any number of parts, none included. A pattern that names a folder covers everything below it. Case matters.

#include <span>
#include <string>
#include <string_view>

namespace afk {

// Paths are relative, parts separated by "/". Time is bounded by the product of the two lengths.
[[nodiscard]] bool matches_path_pattern(std::string_view pattern, std::string_view path);
[[nodiscard]] bool matches_any_path_pattern(std::span<const std::string> patterns, std::string_view path);

} // namespace afk

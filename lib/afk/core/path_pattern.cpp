#include <afk/core/path_pattern.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace afk {

namespace {

std::vector<std::string_view> split_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return parts;
    path.remove_prefix(slash + 1);
  }
}

// One part against one pattern part, with the usual single step back to the last star.
bool matches_part(std::string_view pattern, std::string_view part) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_in = 0;
  while (in < part.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_in = in;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == part[in])) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++star_in;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*')
    ++at;
  return at == pattern.size();
}

} // namespace

bool matches_path_pattern(std::string_view pattern, std::string_view path) {
  const auto wanted = split_parts(pattern);
  const auto given = split_parts(path);
  // reachable[i]: the pattern parts read so far can match the first i parts of the path.
  std::vector<std::uint8_t> reachable(given.size() + 1, 0);
  reachable[0] = 1;
  for (const std::string_view part : wanted) {
    std::vector<std::uint8_t> next(given.size() + 1, 0);
    for (std::size_t i = 0; i <= given.size(); ++i) {
      if (part == "**")
        next[i] = reachable[i] != 0 || (i > 0 && next[i - 1] != 0) ? 1 : 0;
      else if (i > 0 && reachable[i - 1] != 0 && matches_part(part, given[i - 1]))
        next[i] = 1;
    }
    reachable = std::move(next);
  }
  // A match of the first parts names a folder that the path lies in.
  return std::any_of(reachable.begin() + 1, reachable.end(), [](std::uint8_t one) { return one != 0; });
}

bool matches_any_path_pattern(std::span<const std::string> patterns, std::string_view path) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches_path_pattern(pattern, path); });
}

} // namespace afk

#include <afk/config/nearest.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace afk::config {
namespace {

// Longer words are nobody's typing error, and the work grows with the square of the length.
constexpr std::size_t longest_word = 80;
constexpr std::size_t most_edits = 3;

std::string normalise(std::string_view word) {
  std::string text = fold_ascii(word);
  std::ranges::replace(text, '-', '_');
  return text;
}

std::size_t derive_distance(std::string_view left, std::string_view right) {
  const std::size_t width = right.size() + 1;
  std::array<std::vector<std::size_t>, 3> rows;
  rows.fill(std::vector<std::size_t>(width));
  for (std::size_t column = 0; column < width; ++column) {
    rows[0][column] = column;
  }
  for (std::size_t line = 1; line <= left.size(); ++line) {
    const auto& before = rows[(line - 1) % 3];
    const auto& before_that = rows[(line + 1) % 3];
    auto& current = rows[line % 3];
    current[0] = line;
    for (std::size_t column = 1; column < width; ++column) {
      const std::size_t replaced = before[column - 1] + (left[line - 1] == right[column - 1] ? 0 : 1);
      current[column] = std::min({before[column] + 1, current[column - 1] + 1, replaced});
      if (line > 1 && column > 1 && left[line - 1] == right[column - 2] && left[line - 2] == right[column - 1]) {
        current[column] = std::min(current[column], before_that[column - 2] + 1);
      }
    }
  }
  return rows[left.size() % 3][right.size()];
}

} // namespace

std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > longest_word) {
    return std::nullopt;
  }
  const std::string wanted = normalise(word);
  const std::size_t tolerance = std::clamp<std::size_t>(word.size() / 3, 1, most_edits);
  std::optional<std::string> best;
  std::size_t best_distance = tolerance + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = derive_distance(wanted, normalise(candidate));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (best) {
    return best;
  }
  const auto longer = std::ranges::find_if(candidates, [start = wanted + "_"](const std::string& candidate) {
    return normalise(candidate).starts_with(start);
  });
  return longer == candidates.end() ? std::nullopt : std::optional(*longer);
}

} // namespace afk::config

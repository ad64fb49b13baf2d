#include <afk/config/suggestion.hpp>

#include <afk/config/nearest.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace afk::config {
namespace {

// The words that may stand directly in `parent`: keys and the tables that hold further ones.
std::vector<std::string> list_words(std::string_view parent, const Vocabulary& vocabulary) {
  std::vector<std::string> words;
  for (const KnownKey& known : vocabulary) {
    std::string_view rest = known.path;
    if (!parent.empty()) {
      if (!rest.starts_with(parent) || rest.substr(parent.size(), 1) != ".") {
        continue;
      }
      rest.remove_prefix(parent.size() + 1);
    }
    const std::string word(rest.substr(0, rest.find('.')));
    if (std::ranges::find(words, word) == words.end()) {
      words.push_back(word);
    }
  }
  return words;
}

const KnownKey* find_path(std::string_view path, const Vocabulary& vocabulary) {
  const auto found = std::ranges::find(vocabulary, path, &KnownKey::path);
  return found == vocabulary.end() ? nullptr : &*found;
}

std::string describe_place(const KnownKey& known, std::string_view table) {
  const std::string_view parent = derive_parent(known.path);
  if (parent.empty()) {
    return table.empty() ? fmt::format("{} stands at the top of the file, before the first [table]", known.path)
                         : fmt::format("write {} directly in [{}]", known.path, table);
  }
  const std::string place = table.empty() ? std::string(parent) : fmt::format("{}.{}", table, parent);
  return fmt::format("{} belongs into [{}]", derive_last_part(known.path), place);
}

std::string join_path(std::string_view parent, std::string_view word) {
  return parent.empty() ? std::string(word) : fmt::format("{}.{}", parent, word);
}

} // namespace

std::string_view derive_parent(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

std::string_view derive_last_part(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string suggest_key(const UnknownKey& unknown, const Vocabulary& vocabulary) {
  const std::string_view parent = derive_parent(unknown.path);
  const std::string_view word = derive_last_part(unknown.path);
  const std::vector<std::string> words = list_words(parent, vocabulary);
  if (const auto nearest = find_nearest(word, words)) {
    const KnownKey* known = find_path(join_path(parent, *nearest), vocabulary);
    const bool documented = known != nullptr && !known->documentation.empty();
    return documented ? fmt::format("did you mean {} ({})?", *nearest, known->documentation)
                      : fmt::format("did you mean {}?", *nearest);
  }
  for (const KnownKey& known : vocabulary) {
    if (derive_last_part(known.path) == word) {
      return describe_place(known, unknown.table);
    }
  }
  std::vector<std::string> last_parts;
  for (const KnownKey& known : vocabulary) {
    last_parts.emplace_back(derive_last_part(known.path));
  }
  if (const auto nearest = find_nearest(word, last_parts)) {
    const auto index = std::ranges::find(last_parts, *nearest) - last_parts.begin();
    return fmt::format("did you mean {}? {}", *nearest,
                       describe_place(vocabulary[static_cast<std::size_t>(index)], unknown.table));
  }
  return fmt::format("what may stand here: {}", fmt::join(words, ", "));
}

} // namespace afk::config

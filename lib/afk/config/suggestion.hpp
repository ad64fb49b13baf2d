#pragma once
// What somebody meant who wrote a key or a variable that does not exist.

#include <string>
#include <string_view>
#include <vector>

namespace afk::config {

struct KnownKey {
  std::string path; // relative to the table that is being read
  std::string documentation;
};

using Vocabulary = std::vector<KnownKey>;

// For the key `path` (relative as well) of a table: the same word elsewhere in the table, else a similar one beside it
// or anywhere, else the keys that could stand there. `table` is how the table is called in messages; empty: the file.
struct UnknownKey {
  std::string_view path;
  std::string_view table;
};

[[nodiscard]] std::string suggest_key(const UnknownKey& unknown, const Vocabulary& vocabulary);

// "policy" of "policy.hours"; empty for a key without a table.
[[nodiscard]] std::string_view derive_parent(std::string_view path);
// "hours" of "policy.hours".
[[nodiscard]] std::string_view derive_last_part(std::string_view path);

} // namespace afk::config

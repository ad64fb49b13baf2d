#pragma once
// A configuration text as a tree that knows where each piece stands. Everything behind the TOML library works on this,
// and a value that is shown (`afk config show`) is the same kind of tree without places.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace afk::config {

// Counted from 1, columns in code points.
struct Position {
  int line = 1;
  int column = 1;

  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Node;
struct Entry;

using List = std::vector<Node>;

struct Table {
  std::vector<Entry> entries; // in the order of the text

  friend bool operator==(const Table&, const Table&);
};

// A date or a time: nothing in the configuration is one, so that only its being there matters.
struct Moment {
  friend bool operator==(const Moment&, const Moment&) = default;
};

struct Node {
  std::variant<std::string, std::int64_t, double, bool, Moment, List, Table> value;
  Position position = {};
};

struct Entry {
  std::string key;
  Position position = {}; // of the key
  Node value = {};
};

// Places do not count.
[[nodiscard]] bool operator==(const Node& left, const Node& right);

// "a string", "an integer", ...: for "..., this is an integer".
[[nodiscard]] std::string_view describe_node(const Node& node);

// The value as TOML: a string in double quotes, a list in brackets. Tables are not shown.
[[nodiscard]] std::string render_node(const Node& node);

struct SyntaxError {
  Position position = {};
  std::string message;
};

// Larger texts, and ones nested deeper, are answered with a SyntaxError before the library sees them.
inline constexpr std::size_t largest_document = std::size_t{256} * 1024;
inline constexpr int deepest_nesting = 16;

// TOML 1.0. A syntax error stands alone: nothing behind it can be trusted.
[[nodiscard]] std::expected<Table, SyntaxError> parse_document(std::string_view text);

} // namespace afk::config

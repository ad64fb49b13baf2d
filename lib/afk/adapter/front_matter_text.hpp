#pragma once
// A Markdown file taken apart into its front matter and its body, byte for byte. What the front matter says is read in
// front_matter.hpp.
//
// The front matter is TOML between a first line `+++` and the next line `+++`. One empty line behind the second `+++`
// belongs to the layout; everything after it is the body, with its line ends as they are. A file that does not begin
// with `+++` is all body. A byte order mark in front is skipped.

#include <afk/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace afk::adapter {

struct SplitText {
  enum class FrontMatter : std::uint8_t { absent, present } front_matter = FrontMatter::absent;
  enum class LineEnd : std::uint8_t { line_feed, carriage_return_line_feed } line_end = LineEnd::line_feed;
  std::string_view front;       // the TOML alone; its first line is line 2 of the file
  std::size_t front_offset = 0; // of `front` in the file
  std::size_t body_offset = 0;
  std::string_view body;
};

// Views into `text`. Fails with `malformed` (message without the file's name, beginning with the line): an empty file,
// a front matter that is not closed, a YAML front matter, text that is not UTF-8.
Result<SplitText> split_front_matter(std::string_view text);

// "# Title" as the first line of the body that is not blank; empty where there is none.
[[nodiscard]] std::string_view find_heading(std::string_view body);

// A whole file from its two parts. split_front_matter gives them back.
struct TextParts {
  std::string_view front; // ends with a line feed, or is empty
  std::string_view body;
};

[[nodiscard]] std::string join_front_matter(const TextParts& parts);

} // namespace afk::adapter

#include <afk/adapter/front_matter_text.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

namespace afk::adapter {

namespace {

constexpr std::string_view fence = "+++";
constexpr std::string_view yaml_fence = "---";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

// The line that begins at `start`, without its line feed; `next` is where the following one begins.
struct Line {
  std::string_view text;
  std::size_t next = 0;
};

Line line_at(std::string_view text, std::size_t start) {
  const std::size_t end = text.find('\n', start);
  if (end == std::string_view::npos) {
    return {.text = text.substr(start), .next = text.size()};
  }
  return {.text = text.substr(start, end - start), .next = end + 1};
}

bool is_fence(std::string_view line, std::string_view wanted) {
  if (!line.starts_with(wanted)) {
    return false;
  }
  return line.substr(wanted.size()).find_first_not_of(" \t\r") == std::string_view::npos;
}

// Where the first line that may be a fence begins, from `start` on.
std::size_t find_fence(std::string_view text, std::size_t start) {
  while (start < text.size()) {
    if (is_fence(line_at(text, start).text, fence)) {
      return start;
    }
    const std::size_t found = text.find("\n+++", start);
    if (found == std::string_view::npos) {
      return found;
    }
    start = found + 1;
  }
  return std::string_view::npos;
}

std::size_t count_lines(std::string_view text) {
  std::size_t lines = 1;
  for (const char character : text) {
    lines += character == '\n' ? 1 : 0;
  }
  return lines;
}

Result<void> check_encoding(std::string_view text) {
  if (is_valid_utf8(text)) {
    return {};
  }
  std::size_t position = 0;
  while (decode_code_point(text, position).encoding == Encoding::valid) {
    position += decode_code_point(text, position).length;
  }
  return malformed(
      fmt::format("{}: the text is not UTF-8 here; save the file as UTF-8", count_lines(text.substr(0, position))));
}

} // namespace

Result<SplitText> split_front_matter(std::string_view text) {
  const std::size_t begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  if (text.find_first_not_of(" \t\r\n", begin) == std::string_view::npos) {
    return malformed("1: the file is empty; write the issue, or remove the file");
  }
  if (auto encoding = check_encoding(text); !encoding) {
    return std::move(encoding).error();
  }
  const Line first = line_at(text, begin);
  SplitText split;
  if (is_fence(first.text, yaml_fence)) {
    return malformed("1: a front matter in YAML can not be read; write it as TOML between two lines +++");
  }
  if (!is_fence(first.text, fence)) {
    split.body_offset = begin;
    split.body = text.substr(begin);
    return split;
  }
  split.front_matter = SplitText::FrontMatter::present;
  if (first.text.ends_with('\r')) {
    split.line_end = SplitText::LineEnd::carriage_return_line_feed;
  }
  const std::size_t closing = find_fence(text, first.next);
  if (closing == std::string_view::npos) {
    return malformed("1: the front matter has no end; close it with a second line +++");
  }
  split.front_offset = first.next;
  split.front = text.substr(first.next, closing - first.next);
  split.body_offset = line_at(text, closing).next;
  const Line blank = line_at(text, split.body_offset);
  if (blank.next > split.body_offset && text[blank.next - 1] == '\n' && (blank.text.empty() || blank.text == "\r")) {
    split.body_offset = blank.next;
  }
  split.body = text.substr(split.body_offset);
  return split;
}

std::string_view find_heading(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || !body.substr(start).starts_with("# ")) {
    return {};
  }
  return trim_ascii(line_at(body, start).text.substr(2));
}

std::string join_front_matter(const TextParts& parts) {
  return fmt::format("{0}\n{1}{0}\n\n{2}", fence, parts.front, parts.body);
}

} // namespace afk::adapter

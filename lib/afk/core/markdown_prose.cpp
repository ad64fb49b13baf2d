#include <afk/core/markdown_prose.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace afk {

namespace {

constexpr std::string_view comment_open = "<!--";
constexpr std::string_view comment_close = "-->";

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What the beginning of a line says about its block.
struct LineHead {
  std::size_t indent = 0;               // blanks in front of everything
  std::size_t content = 0;              // behind indent and list markers
  bool is_item = false;                 // a list marker stood there
  char fence = '\0';                    // '`' or '~' of a fence that stands at `content`
  std::size_t ticks = 0;                // its length
  bool can_close = false;               // nothing but the fence
  std::size_t longest_closer_below = 0; // the longest fence of its kind further below that could close it
  bool is_quote = false;
  bool begins_block = false; // an inline construct of the line above does not reach in here
};

std::size_t skip(std::string_view line, std::size_t from, std::string_view characters) {
  return std::min(line.find_first_not_of(characters, from), line.size());
}

// The length of a list marker with its blank, or 0.
std::size_t marker_length(std::string_view line, std::size_t from) {
  std::size_t end = from;
  if (end < line.size() && std::string_view("-*+").contains(line[end])) {
    ++end;
  } else {
    const std::size_t digits = skip(line, from, "0123456789");
    if (digits == from || digits - from > 9 || digits >= line.size() || (line[digits] != '.' && line[digits] != ')')) {
      return 0;
    }
    end = digits + 1;
  }
  const std::size_t content = skip(line, end, " \t");
  return content > end ? content - from : 0;
}

LineHead read_head(std::string_view line) {
  LineHead head;
  head.indent = skip(line, 0, " \t");
  head.content = head.indent;
  for (std::size_t length = marker_length(line, head.content); length > 0; length = marker_length(line, head.content)) {
    head.content += length;
    head.is_item = true;
  }
  const std::string_view rest = line.substr(head.content);
  head.is_quote = rest.starts_with('>');
  if (rest.starts_with("```") || rest.starts_with("~~~")) {
    const std::size_t ticks = skip(rest, 0, rest.substr(0, 1));
    const std::string_view info = rest.substr(ticks);
    // A line of code spans is no fence: the info string of backticks holds none.
    if (rest.front() == '~' || !info.contains('`')) {
      head.fence = rest.front();
      head.ticks = ticks;
      head.can_close = info.find_first_not_of(" \t\r") == std::string_view::npos;
    }
  }
  const bool is_rule = rest.find_first_not_of("=-*_ \t\r") == std::string_view::npos; // blank lines among them
  head.begins_block =
      head.is_item || head.is_quote || head.fence != '\0' || is_rule || rest.starts_with('#') || rest.starts_with('|');
  return head;
}

// Walks over the lines, takes out what is no prose, and hands each paragraph to the search for code spans.
class ProseReader {
 public:
  explicit ProseReader(std::string_view markdown) : text_(markdown), prose_(markdown) {
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      lines_.push_back({.begin = begin, .end = end});
      begin = end + 1;
    }
    read_heads();
    last_close_ = text_.rfind(comment_close);
  }

  std::string run() {
    std::size_t paragraph = 0;
    for (std::size_t index = 0; index < lines_.size();) {
      const Stretch line = lines_[index];
      const LineHead& head = heads_[index];
      if (head.begins_block || opens_comment_block(line, head)) {
        read_inline({.begin = paragraph, .end = line.begin});
        paragraph = line.begin;
      }
      if (opens_comment_block(line, head)) {
        const std::size_t close = text_.find(comment_close, line.begin + head.content) + comment_close.size();
        blank({.begin = line.begin + head.content, .end = close});
        paragraph = close;
        index = line_after(index, close);
        continue;
      }
      if (const std::size_t closing = find_closing_fence(index); closing > 0) {
        blank({.begin = line.begin, .end = lines_[closing].end});
        paragraph = lines_[closing].end;
        index = closing + 1;
        continue;
      }
      if (head.is_quote) {
        blank(line);
        paragraph = line.end;
      }
      ++index;
    }
    read_inline({.begin = paragraph, .end = text_.size()});
    return std::move(prose_);
  }

 private:
  [[nodiscard]] std::string_view line_text(const Stretch& line) const {
    return text_.substr(line.begin, line.end - line.begin);
  }

  void blank(const Stretch& stretch) {
    for (std::size_t position = stretch.begin; position < stretch.end; ++position) {
      if (prose_[position] != '\n') {
        prose_[position] = ' ';
      }
    }
  }

  [[nodiscard]] bool opens_comment_block(const Stretch& line, const LineHead& head) const {
    const std::size_t content = line.begin + head.content;
    return text_.substr(content).starts_with(comment_open) && last_close_ != std::string_view::npos &&
           last_close_ >= content + comment_open.size();
  }

  // The line that holds the rest behind a comment is looked at no more as a whole; its words are read inline.
  [[nodiscard]] std::size_t line_after(std::size_t index, std::size_t position) const {
    while (index < lines_.size() && lines_[index].begin < position) {
      ++index;
    }
    return index;
  }

  // From the last line to the first, so that each knows the longest fence that could close it.
  void read_heads() {
    heads_.resize(lines_.size());
    std::size_t longest_backticks = 0;
    std::size_t longest_tildes = 0;
    for (std::size_t index = lines_.size(); index > 0; --index) {
      LineHead& head = heads_[index - 1];
      head = read_head(line_text(lines_[index - 1]));
      std::size_t& longest = head.fence == '`' ? longest_backticks : longest_tildes;
      head.longest_closer_below = longest;
      if (closes_fences(head)) {
        longest = std::max(longest, head.ticks);
      }
    }
  }

  static bool closes_fences(const LineHead& head) { return head.fence != '\0' && head.can_close && !head.is_item; }

  // The line whose fence closes the one that opens here; 0: no fence, or one that nothing closes.
  [[nodiscard]] std::size_t find_closing_fence(std::size_t index) const {
    const LineHead& head = heads_[index];
    if (head.fence == '\0' || head.ticks > head.longest_closer_below) {
      return 0;
    }
    std::size_t later = index + 1;
    while (!closes_fences(heads_[later]) || heads_[later].fence != head.fence || heads_[later].ticks < head.ticks) {
      ++later;
    }
    return later;
  }

  // Code spans and comments inside one paragraph: whichever opens first.
  void read_inline(const Stretch& paragraph) {
    if (paragraph.end <= paragraph.begin) {
      return;
    }
    const auto closers = find_backtick_runs(paragraph);
    for (std::size_t position = paragraph.begin; position < paragraph.end;) {
      const char character = text_[position];
      if (character == '\\') {
        position += 2;
      } else if (character == '`') {
        position = read_backticks(paragraph, closers, position);
      } else if (character == '<' && text_.substr(position).starts_with(comment_open)) {
        if (next_close_ < position + comment_open.size()) {
          next_close_ = text_.find(comment_close, position + comment_open.size());
        }
        const bool closed =
            next_close_ != std::string_view::npos && next_close_ + comment_close.size() <= paragraph.end;
        const std::size_t end = closed ? next_close_ + comment_close.size() : position + 1;
        if (closed) {
          blank({.begin = position, .end = end});
        }
        position = end;
      } else {
        ++position;
      }
    }
  }

  using Runs = std::map<std::size_t, std::vector<std::size_t>>; // by length: where they begin, in order

  [[nodiscard]] Runs find_backtick_runs(const Stretch& paragraph) const {
    Runs runs;
    const std::string_view visible = text_.substr(0, paragraph.end);
    for (std::size_t begin = visible.find('`', paragraph.begin); begin < visible.size();) {
      const std::size_t end = skip(visible, begin, "`");
      runs[end - begin].push_back(begin);
      begin = visible.find('`', end);
    }
    return runs;
  }

  // The position behind the code span that opens here, or behind the run where nothing closes it.
  std::size_t read_backticks(const Stretch& paragraph, const Runs& runs, std::size_t position) {
    const std::size_t end = std::min(skip(text_, position, "`"), paragraph.end);
    const auto same_length = runs.find(end - position);
    if (same_length == runs.end()) {
      return end;
    }
    const auto closer = std::ranges::lower_bound(same_length->second, end);
    if (closer == same_length->second.end()) {
      return end;
    }
    const std::size_t behind = *closer + (end - position);
    blank({.begin = position, .end = behind});
    return behind;
  }

  std::string_view text_;
  std::string prose_;
  std::vector<Stretch> lines_;
  std::vector<LineHead> heads_; // one for each line
  std::size_t last_close_ = std::string_view::npos;
  std::size_t next_close_ = 0; // the next end of a comment, once one was looked for
};

} // namespace

std::string derive_markdown_prose(std::string_view markdown) {
  return ProseReader(markdown).run();
}

} // namespace afk

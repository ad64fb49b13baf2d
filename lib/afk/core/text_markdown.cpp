// What a forge acts on in a comment, made plain text. The readers of forges differ (GitHub looks at the rendered text
// for names and numbers, at the raw lines for commands; Forgejo at the raw text), so everything is changed in the raw
// text and in a way that no reader undoes: a blank after "@", "no. 12" for "#12".
#include <afk/core/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace afk {

namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

bool is_word(char character) {
  return is_letter(character) || is_digit(character) || character == '_';
}

constexpr auto closing_words = std::to_array<std::string_view>({
    "close",       "closes",       "closed",   "closing",  "fix",       "fixes",     "fixed",
    "fixing",      "resolve",      "resolves", "resolved", "resolving", "implement", "implements",
    "implemented", "implementing", "reopen",   "reopens",  "reopened",  "reopening",
});

class MarkdownCleaner {
 public:
  explicit MarkdownCleaner(std::string_view text) : text_(text) {}

  std::string run() {
    cleaned_.reserve(text_.size() + text_.size() / 8);
    while (position_ < text_.size()) {
      if (at_line_start_) {
        guard_line_start();
      }
      step();
    }
    return std::move(cleaned_);
  }

 private:
  [[nodiscard]] char at(std::size_t offset) const {
    return position_ + offset < text_.size() ? text_[position_ + offset] : '\0';
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

  void copy(std::size_t count) {
    cleaned_.append(text_.substr(position_, count));
    position_ += count;
  }

  void replace(std::size_t count, std::string_view replacement) {
    cleaned_.append(replacement);
    position_ += count;
  }

  // A backslash in front of a command's slash or a fence: Markdown does not show it, a reader of raw lines sees no
  // command. Blanks, quote marks and list markers may stand before either.
  void guard_line_start() {
    at_line_start_ = false;
    const std::size_t first = rest().find_first_not_of(" \t>-*+");
    if (first == std::string_view::npos) {
      return;
    }
    const std::string_view line = rest().substr(first);
    const bool is_command = line.size() > 1 && line[0] == '/' && is_letter(line[1]);
    if (is_command || line.starts_with("```") || line.starts_with("~~~")) {
      guarded_ = position_ + first;
    }
  }

  void step() {
    const char character = at(0);
    const bool inside_word = !cleaned_.empty() && is_word(cleaned_.back());
    if (position_ == guarded_) {
      cleaned_.push_back('\\');
      copy(1);
    } else if (character == '\n') {
      copy(1);
      at_line_start_ = true;
    } else if (character == '@' && (is_word(at(1)) || at(1) == '-')) {
      replace(1, "@ ");
    } else if ((character == '#' || character == '!') && is_digit(at(1))) {
      replace(1, cleaned_.empty() || cleaned_.back() == ' ' || cleaned_.back() == '\n' ? "no. " : " no. ");
    } else if (character == '!' && at(1) == '[') {
      replace(1, "! ");
    } else if (character == '<' && (is_letter(at(1)) || at(1) == '!' || at(1) == '/' || at(1) == '?')) {
      replace(1, "&lt;");
    } else if (rest().starts_with("-->")) {
      replace(3, "--&gt;");
    } else if (character == '&' && (at(1) == '#' || is_letter(at(1)))) {
      clean_entity();
    } else if (is_letter(character) && !inside_word) {
      clean_word();
    } else {
      copy(1);
    }
  }

  // "&amp;" and its like stay: what they decode to is not decoded again.
  void clean_entity() {
    for (const std::string_view harmless : {"&amp;", "&lt;", "&gt;"}) {
      if (rest().starts_with(harmless)) {
        copy(harmless.size());
        return;
      }
    }
    replace(1, "&amp;");
  }

  void clean_word() {
    std::size_t length = 1;
    while (is_letter(at(length))) {
      ++length;
    }
    const std::string word = fold_ascii(rest().substr(0, length));
    if (word == "gh" && at(length) == '-' && is_digit(at(length + 1))) {
      replace(length + 1, "no. ");
      return;
    }
    copy(length);
    if (std::ranges::find(closing_words, word) != closing_words.end()) {
      part_from_url();
    }
  }

  // "fixes https://..." closes what it points to; "fixes see https://..." does not.
  void part_from_url() {
    const std::size_t gap = rest().find_first_not_of(" \t:\n");
    if (gap == std::string_view::npos || gap == 0 || gap > 16) {
      return;
    }
    const std::string scheme = fold_ascii(rest().substr(gap, 8));
    if (scheme.starts_with("http://") || scheme.starts_with("https://")) {
      copy(gap);
      cleaned_.append("see ");
    }
  }

  std::string_view text_;
  std::size_t position_ = 0;
  bool at_line_start_ = true;
  std::size_t guarded_ = std::string_view::npos; // where the backslash of guard_line_start goes
  std::string cleaned_;
};

std::string break_comment_openers(std::string_view text) {
  std::string broken;
  broken.reserve(text.size());
  for (std::size_t position = 0; position < text.size(); ++position) {
    broken.push_back(text[position]);
    if (text.substr(position).starts_with("<!--")) {
      broken.push_back(' ');
    }
  }
  return broken;
}

} // namespace

std::string clean_for_markdown(std::string_view text) {
  return MarkdownCleaner(clean_for_terminal(text)).run();
}

std::string render_code_block(std::string_view text) {
  const std::string body = break_comment_openers(clean_for_terminal(text));
  std::size_t longest = 0;
  std::size_t current = 0;
  for (const char character : body) {
    current = character == '`' ? current + 1 : 0;
    longest = std::max(longest, current);
  }
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  const std::string_view line_end = body.empty() || body.ends_with('\n') ? "" : "\n";
  return fence + '\n' + body + std::string(line_end) + fence + '\n';
}

} // namespace afk

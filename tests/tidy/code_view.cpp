#include <tidy/code_view.hpp>

#include <algorithm>
#include <cctype>

namespace afk::tidy {
namespace {

bool is_word_character(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

std::size_t word_start(std::string_view text, std::size_t end) {
  while (end > 0 && (is_word_character(text[end - 1]) || text[end - 1] == '\'')) {
    --end;
  }
  return end;
}

// 1'000'000 holds no character literal.
bool is_digit_separator(std::string_view text, std::size_t quote) {
  const std::size_t start = word_start(text, quote);
  return start < quote && std::isdigit(static_cast<unsigned char>(text[start])) != 0;
}

bool is_raw_string(std::string_view text, std::size_t quote) {
  const std::string_view prefix = text.substr(word_start(text, quote), quote - word_start(text, quote));
  return prefix == "R" || prefix == "u8R" || prefix == "uR" || prefix == "UR" || prefix == "LR";
}

// The offset behind the closing quote.
std::size_t end_of_raw_string(std::string_view text, std::size_t quote) {
  const std::size_t open = text.find('(', quote);
  if (open == std::string_view::npos) {
    return text.size();
  }
  const std::string closing = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const std::size_t close = text.find(closing, open);
  return close == std::string_view::npos ? text.size() : close + closing.size();
}

std::size_t end_of_literal(std::string_view text, std::size_t quote) {
  for (std::size_t at = quote + 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == text[quote]) {
      return at + 1;
    } else if (text[at] == '\n') {
      return at; // not closed: the compiler would say so
    }
  }
  return text.size();
}

std::size_t end_of_comment(std::string_view text, std::size_t start) {
  const bool is_block = text[start + 1] == '*';
  const std::size_t end = is_block ? text.find("*/", start + 2) : text.find('\n', start);
  if (end == std::string_view::npos) {
    return text.size();
  }
  return is_block ? end + 2 : end;
}

struct Span {
  std::size_t begin;
  std::size_t end;
};

void blank(std::string& text, Span span) {
  for (std::size_t at = span.begin; at < span.end; ++at) {
    if (text[at] != '\n') {
      text[at] = ' ';
    }
  }
}

enum class Literals { keep, blank };

std::string blank_parts(std::string_view text, Literals literals) {
  std::string result(text);
  std::size_t at = 0;
  while (at < text.size()) {
    const char character = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (character == '/' && (next == '/' || next == '*')) {
      const std::size_t end = end_of_comment(text, at);
      blank(result, {at, end});
      at = end;
    } else if (character == '"' || (character == '\'' && !is_digit_separator(text, at))) {
      const bool is_raw = character == '"' && is_raw_string(text, at);
      const std::size_t end = is_raw ? end_of_raw_string(text, at) : end_of_literal(text, at);
      if (literals == Literals::blank && end > at + 1) {
        blank(result, {at + 1, end - 1});
      }
      at = end;
    } else {
      ++at;
    }
  }
  return result;
}

} // namespace

std::string blank_comments(std::string_view text) {
  return blank_parts(text, Literals::keep);
}

std::string blank_comments_and_literals(std::string_view text) {
  return blank_parts(text, Literals::blank);
}

std::string blank_directives(std::string_view text) {
  std::string result(text);
  std::size_t line = 0;
  bool continues = false;
  while (line < text.size()) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::size_t first = text.find_first_not_of(" \t", line);
    if (continues || (first < end && text[first] == '#')) {
      continues = end > line && text[end - 1] == '\\';
      blank(result, {line, end});
    }
    line = end + 1;
  }
  return result;
}

std::vector<Include> find_includes(std::string_view text) {
  const std::string code = blank_comments(text);
  std::vector<Include> includes;
  std::size_t line_number = 0;
  std::size_t line = 0;
  while (line < code.size()) {
    ++line_number;
    const std::size_t end = std::min(code.find('\n', line), code.size());
    const std::string_view directive = std::string_view(code).substr(line, end - line);
    line = end + 1;
    const std::size_t hash = directive.find_first_not_of(" \t");
    const std::size_t word = hash == std::string_view::npos ? hash : directive.find_first_not_of(" \t", hash + 1);
    if (word == std::string_view::npos || directive[hash] != '#' || !directive.substr(word).starts_with("include")) {
      continue;
    }
    const std::size_t open = directive.find_first_of("<\"", word);
    const std::size_t close = open == std::string_view::npos ? open : directive.find_first_of(">\"", open + 1);
    if (close != std::string_view::npos) {
      includes.push_back({std::string(directive.substr(open + 1, close - open - 1)),
                          directive[open] == '<' ? IncludeForm::angle : IncludeForm::quoted, line_number});
    }
  }
  return includes;
}

std::vector<std::size_t> find_word(std::string_view text, std::string_view word) {
  std::vector<std::size_t> lines;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_word_character(text[at - 1]);
    if (starts && (end == text.size() || !is_word_character(text[end]))) {
      lines.push_back(line_of(text, at));
    }
  }
  return lines;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

} // namespace afk::tidy

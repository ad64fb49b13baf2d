#include <afk/config/nesting.hpp>

#include <cstddef>

namespace afk::config {
namespace {

// Walks over the text, keeping strings and comments apart from structure.
class Scanner {
 public:
  Scanner(std::string_view text, int limit) : text_(text), limit_(limit) {}

  std::optional<Position> run() {
    while (at_ < text_.size()) {
      const char character = text_[at_];
      if (character == '"' || character == '\'') {
        skip_string(character);
        continue;
      }
      if (character == '#') {
        skip_comment();
        continue;
      }
      count(character);
      if (brackets_ > limit_ || dots_ > limit_) {
        return position_;
      }
      advance();
    }
    return std::nullopt;
  }

 private:
  void count(char character) {
    if (character == '[' || character == '{') {
      ++brackets_;
    } else if ((character == ']' || character == '}') && brackets_ > 0) {
      --brackets_;
    } else if (character == '.') {
      ++dots_;
    }
  }

  void advance() {
    if (text_[at_] == '\n') {
      ++position_.line;
      position_.column = 1;
      dots_ = 0;
    } else {
      ++position_.column;
    }
    ++at_;
  }

  void advance_by(std::size_t count) {
    for (; count > 0 && at_ < text_.size(); --count) {
      advance();
    }
  }

  [[nodiscard]] bool starts_with_three(char quote) const {
    return at_ + 2 < text_.size() && text_[at_] == quote && text_[at_ + 1] == quote && text_[at_ + 2] == quote;
  }

  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      advance();
    }
  }

  // Basic strings know escapes, literal ones do not; a string of one line ends with it at the latest.
  void skip_string(char quote) {
    const bool long_form = starts_with_three(quote);
    advance_by(long_form ? 3 : 1);
    while (at_ < text_.size()) {
      if (quote == '"' && text_[at_] == '\\') {
        advance_by(2);
      } else if (long_form && starts_with_three(quote)) {
        advance_by(3);
        while (at_ < text_.size() && text_[at_] == quote) {
          advance(); // up to two more quotes belong to the string
        }
        return;
      } else if (!long_form && (text_[at_] == quote || text_[at_] == '\n')) {
        advance();
        return;
      } else {
        advance();
      }
    }
  }

  std::string_view text_;
  int limit_;
  std::size_t at_ = 0;
  Position position_;
  int brackets_ = 0;
  int dots_ = 0;
};

} // namespace

std::optional<Position> find_too_deep(std::string_view text, int limit) {
  return Scanner(text, limit).run();
}

} // namespace afk::config

#include <e2e/support/normalise.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace afk::test {

namespace {

// A pattern for one stretch of text: 9 a digit, f a hexadecimal digit, anything else itself. The longest ones first.
struct Shape {
  std::string_view pattern;
  std::string_view name;
};

constexpr std::array shapes{
    Shape{"99999999T999999999Z-ffffffff", "<comment>"},
    Shape{"ffffffff-ffff-ffff-ffff-ffffffffffff", "<uuid>"},
    Shape{"ffffffffffffffffffffffffffffffff:ffffffffffff", "<executor>"},
    Shape{"9999-99-99T99:99:99.999Z", "<time>"},
    Shape{"9999-99-99T99:99:99Z", "<time>"},
    Shape{"9999-99-99 99:99 UTC", "<time>"},
    Shape{"ffffffffffffffffffffffffffffffff", "<id>"},
    Shape{"9999999999999", "<milliseconds>"},
};

// After these words a hash or a number is one of things that differ by themselves.
constexpr std::array words_before_hash{std::string_view("sum=sha256:"), std::string_view("sha256 = \"")};
constexpr std::array words_before_number{std::string_view("\"pid\": "), std::string_view("\"start_ticks\": ")};

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_hexadecimal(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'f');
}

bool is_word(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

bool fits(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size())
    return false;
  return std::ranges::equal(text.substr(0, pattern.size()), pattern, [](char letter, char wanted) {
    if (wanted == '9')
      return is_digit(letter);
    return wanted == 'f' ? is_hexadecimal(letter) : letter == wanted;
  });
}

std::optional<Shape> find_shape(std::string_view rest) {
  for (const Shape& shape : shapes)
    if (fits(rest, shape.pattern) && (rest.size() == shape.pattern.size() || !is_word(rest[shape.pattern.size()])))
      return shape;
  return std::nullopt;
}

template <std::size_t count>
bool ends_with_one_of(const std::string& text, const std::array<std::string_view, count>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.ends_with(word); });
}

// Whether a card was edited since it was written depends on how many looks it took to write it, a matter of time.
std::string drop_edit_times(std::string text) {
  const std::string edit = "edited_at = <time>\nedited_by = \"afk\"\n";
  if (const auto place = text.find(edit); place != std::string::npos)
    text.erase(place, edit.size());
  return text;
}

} // namespace

std::string normalise(std::string_view text) {
  std::string result;
  for (std::size_t place = 0; place < text.size();) {
    const bool begins_word = is_hexadecimal(text[place]) && (place == 0 || !is_word(text[place - 1]));
    const std::string_view rest = text.substr(place);
    if (!begins_word) {
      result += text[place++];
    } else if (const auto shape = find_shape(rest)) {
      result += shape->name;
      place += shape->pattern.size();
    } else {
      const auto end = std::ranges::find_if_not(rest, is_word);
      const auto word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
      const bool differs = (word.size() == 64 && ends_with_one_of(result, words_before_hash)) ||
                           (is_digit(word.front()) && ends_with_one_of(result, words_before_number));
      result += differs ? std::string_view("<differs>") : word;
      place += word.size();
    }
  }
  return drop_edit_times(std::move(result));
}

} // namespace afk::test

#include <afk/config/node.hpp>

#include <fmt/format.h>

#include <cmath>
#include <type_traits>

namespace afk::config {
namespace {

constexpr std::string_view hexadecimal = "0123456789ABCDEF";

std::string render_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += character;
    } else if (character == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += "\\u00";
      quoted += hexadecimal[byte >> 4];
      quoted += hexadecimal[byte & 0xF];
    } else {
      quoted += character;
    }
  }
  return quoted + '"';
}

std::string render_list(const List& list) {
  std::string text;
  for (const Node& item : list) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", render_node(item));
  }
  return fmt::format("[{}]", text);
}

} // namespace

bool operator==(const Table& left, const Table& right) {
  if (left.entries.size() != right.entries.size()) {
    return false;
  }
  for (std::size_t index = 0; index < left.entries.size(); ++index) {
    const Entry& first = left.entries[index];
    const Entry& second = right.entries[index];
    if (first.key != second.key || !(first.value == second.value)) {
      return false;
    }
  }
  return true;
}

bool operator==(const Node& left, const Node& right) {
  return left.value == right.value;
}

std::string_view describe_node(const Node& node) {
  struct Describe {
    std::string_view operator()(const std::string&) const { return "a string"; }

    std::string_view operator()(std::int64_t) const { return "an integer"; }

    std::string_view operator()(double) const { return "a floating-point number"; }

    std::string_view operator()(bool) const { return "a boolean"; }

    std::string_view operator()(const Moment&) const { return "a date or a time"; }

    std::string_view operator()(const List&) const { return "a list"; }

    std::string_view operator()(const Table&) const { return "a table"; }
  };

  return std::visit(Describe{}, node.value);
}

std::string render_node(const Node& node) {
  struct Render {
    std::string operator()(const std::string& text) const { return render_string(text); }

    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }

    std::string operator()(double number) const {
      const bool whole = std::trunc(number) == number && std::abs(number) < 1e15;
      return whole ? fmt::format("{:.1f}", number) : fmt::format("{}", number);
    }

    std::string operator()(bool flag) const { return flag ? "true" : "false"; }

    std::string operator()(const Moment&) const { return "(a date or a time)"; }

    std::string operator()(const List& list) const { return render_list(list); }

    std::string operator()(const Table&) const { return "(a table)"; }
  };

  return std::visit(Render{}, node.value);
}

} // namespace afk::config

#include <afk/http/header_syntax.hpp>

#include <algorithm>

namespace afk::http {
namespace {

bool is_token_character(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(character) != std::string_view::npos;
}

bool is_value_character(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte >= 0x20 && byte != 0x7f) || character == '\t';
}

} // namespace

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, is_token_character);
}

bool is_header_value(std::string_view value) {
  return std::ranges::all_of(value, is_value_character);
}

} // namespace afk::http

#include <afk/config/kubernetes_rules.hpp>

namespace afk::config {

namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;
constexpr std::string_view alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

} // namespace

bool is_namespace_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_label && text.front() != '-' && text.back() != '-' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_object_name(std::string_view text) {
  if (text.size() > longest_name) {
    return false;
  }
  for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!is_namespace_name(text.substr(0, dot))) {
      return false;
    }
    text.remove_prefix(dot + 1);
  }
  return is_namespace_name(text);
}

bool is_annotation_key(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    if (!is_object_name(text.substr(0, slash))) {
      return false;
    }
    text.remove_prefix(slash + 1);
  }
  return !text.empty() && text.size() <= longest_label && alphanumeric.contains(text.front()) &&
         alphanumeric.contains(text.back()) &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
             std::string_view::npos;
}

} // namespace afk::config

#include <afk/adapter/deployments_url_codec.hpp>

#include <afk/adapter/json_guard_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace afk::adapter {
namespace {

constexpr std::size_t shortest_revision = 7;
constexpr std::size_t longest_revision = 64;
constexpr std::string_view service = "the service";

Result<std::string> find_field(const nlohmann::json& document, std::string_view field) {
  const nlohmann::json* object = &document;
  for (auto dot = field.find('.'); dot != std::string_view::npos; dot = field.find('.')) {
    auto inner = require_object(*object, field.substr(0, dot));
    if (!inner.ok()) {
      return std::move(inner).error();
    }
    object = *inner;
    field.remove_prefix(dot + 1);
  }
  return require_string(*object, field);
}

} // namespace

Result<std::string> parse_revision(std::string_view text, std::string_view who) {
  std::string revision = fold_ascii(text);
  const bool is_hex = std::ranges::all_of(revision, [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
  });
  if (!is_hex || revision.size() < shortest_revision || revision.size() > longest_revision) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{} answered {} where a Git revision of {} to {} hexadecimal digits "
                                        "was expected",
                                        who, quote_for_display(text.substr(0, longest_revision)), shortest_revision,
                                        longest_revision)};
  }
  return revision;
}

Result<std::string> parse_deployed_revision(const http::Response& response, std::string_view field) {
  if (field.empty()) {
    const std::string_view text = trim_ascii(response.body);
    return parse_revision(text.substr(0, text.find_first_of(" \t\r\n")), service);
  }
  const auto document = parse_json(response.body);
  if (!document.ok()) {
    return document.error();
  }
  const auto text = find_field(*document, field);
  return text.ok() ? parse_revision(trim_ascii(*text), service) : Result<std::string>(text.error());
}

} // namespace afk::adapter

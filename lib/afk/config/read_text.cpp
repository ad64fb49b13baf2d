#include <afk/config/read_text.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace afk::config {
namespace {

// Linux refuses longer paths anyway.
constexpr std::size_t longest_path = 4095;

// What the tokens of the forges and of Slack begin with: a secret in this file would be read, copied and shown.
constexpr std::array<std::string_view, 9> token_prefixes{"ghp_",        "gho_",   "ghu_",  "ghs_", "ghr_",
                                                         "github_pat_", "glpat-", "xoxb-", "xoxp-"};

bool looks_like_a_token(std::string_view text) {
  return std::ranges::any_of(token_prefixes, [text](std::string_view prefix) {
    return text.size() > prefix.size() + 8 && text.find(prefix) != std::string_view::npos;
  });
}

} // namespace

std::string quote_value(std::string_view text) {
  return quote_for_display(truncate_text(text, Truncation{.max_bytes = 80, .note = "..."}));
}

void refuse_type(const Node& node, std::string_view expected, const ValueContext& context, std::string hint) {
  const auto* text = std::get_if<std::string>(&node.value);
  const bool from_variable = context.source() == ValueContext::Source::environment && text != nullptr;
  const std::string found = from_variable ? quote_value(*text) : std::string(describe_node(node));
  context.refuse(node, fmt::format("{} was expected, this is {}", expected, found), std::move(hint));
}

std::optional<std::string> read_text(const Node& node, const TextRules& rules, const ValueContext& context) {
  const auto* text = std::get_if<std::string>(&node.value);
  if (text == nullptr) {
    refuse_type(node, "a string", context);
    return std::nullopt;
  }
  if (text->empty() && rules.emptiness == Emptiness::refused) {
    context.refuse(node, fmt::format("{} is not empty", rules.what));
    return std::nullopt;
  }
  if (text->size() > rules.most_bytes) {
    context.refuse(node,
                   fmt::format("{} has at most {} bytes, this has {}", rules.what, rules.most_bytes, text->size()));
    return std::nullopt;
  }
  if (looks_like_a_token(*text)) {
    context.refuse(node, "this looks like a token, and secrets do not belong into the configuration",
                   "put it into a file that only you can read, revoke it if others have seen it");
    return std::nullopt;
  }
  if (contains_hidden_characters(*text) == HiddenCharacters::present ||
      text->find_first_of("\n\r\t") != std::string::npos) {
    context.refuse(node, fmt::format("{} is one line without control or hidden characters", rules.what));
    return std::nullopt;
  }
  return *text;
}

std::optional<FilePath> read_path(const Node& node, const ValueContext& context) {
  const auto text = read_text(node, TextRules{.what = "a path", .most_bytes = longest_path}, context);
  if (!text || text->empty()) {
    return text ? std::optional<FilePath>(FilePath{}) : std::nullopt;
  }
  if (text->starts_with('~')) {
    context.refuse(node, "\"~\" is a shell's word and means nothing here", "write the home folder out");
    return std::nullopt;
  }
  if (text->starts_with('/')) {
    return FilePath{*text};
  }
  if (context.source() == ValueContext::Source::environment) {
    context.refuse(node, fmt::format("{} is relative, and a variable has no place to start from", quote_value(*text)),
                   "write an absolute path");
    return std::nullopt;
  }
  std::string_view relative = *text;
  while (relative.starts_with("./")) {
    relative.remove_prefix(2);
  }
  const std::string_view slash = context.folder().ends_with('/') ? "" : "/";
  return FilePath{fmt::format("{}{}{}", context.folder(), slash, relative)};
}

} // namespace afk::config

#pragma once
// What the readers of all value types share: text that is fit to be one, paths, and the words for a wrong type.

#include <afk/config/value_type.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace afk::config {

// "<expected> was expected, this is an integer".
void refuse_type(const Node& node, std::string_view expected, const ValueContext& context, std::string hint = {});

// The value as a message may repeat it: quoted, cleaned and cut.
[[nodiscard]] std::string quote_value(std::string_view text);

// Text in UTF-8 without control or hidden characters, within the rules.
[[nodiscard]] std::optional<std::string> read_text(const Node& node, const TextRules& rules,
                                                   const ValueContext& context);

// Text as above that is allowed to be a path: made absolute, or empty.
[[nodiscard]] std::optional<FilePath> read_path(const Node& node, const ValueContext& context);

} // namespace afk::config

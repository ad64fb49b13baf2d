#pragma once
// Texts that the directory tracker writes from nothing, and TOML values as it spells them. front_matter.hpp reads them.

#include <afk/adapter/front_matter.hpp>
#include <afk/core/issue.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace afk::adapter {

// "open", "closed", "not-planned"; a stored issue is never `gone`.
[[nodiscard]] std::string_view render_issue_state_name(IssueState state);
[[nodiscard]] std::optional<IssueState> try_issue_state_name(std::string_view name);

// A basic string in quotes, controls as escapes.
[[nodiscard]] std::string quote_toml(std::string_view text);
[[nodiscard]] std::string render_toml_list(std::span<const std::string> values);

[[nodiscard]] std::string render_comment_text(const CommentText& comment);
[[nodiscard]] std::string render_tracker_text(const TrackerText& tracker);

} // namespace afk::adapter

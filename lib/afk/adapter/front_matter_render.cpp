#include <afk/adapter/front_matter_render.hpp>

#include <afk/adapter/front_matter_text.hpp>

#include <afk/core/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace afk::adapter {

namespace {

constexpr auto states = std::to_array<std::pair<IssueState, std::string_view>>({
    {IssueState::open, "open"},
    {IssueState::closed, "closed"},
    {IssueState::closed_not_planned, "not-planned"},
});

} // namespace

std::string_view render_issue_state_name(IssueState state) {
  const auto found = std::ranges::find(states, state, [](const auto& entry) { return entry.first; });
  check(found != states.end(), "a stored issue is open or closed");
  return found->second;
}

std::optional<IssueState> try_issue_state_name(std::string_view name) {
  const auto found = std::ranges::find(states, name, [](const auto& entry) { return entry.second; });
  return found == states.end() ? std::nullopt : std::optional(found->first);
}

std::string quote_toml(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    const auto code = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += character;
    } else if (code < 0x20 || code == 0x7F) {
      fmt::format_to(std::back_inserter(quoted), "\\u{:04X}", code);
    } else {
      quoted += character;
    }
  }
  return quoted + '"';
}

std::string render_toml_list(std::span<const std::string> values) {
  std::string text = "[";
  for (const std::string& value : values) {
    text += text.size() > 1 ? ", " : "";
    text += quote_toml(value);
  }
  return text + "]";
}

std::string render_comment_text(const CommentText& comment) {
  std::string front;
  if (!comment.author.empty()) {
    front += fmt::format("author = {}\n", quote_toml(comment.author));
  }
  if (comment.created_at) {
    front += fmt::format("created_at = {}\n", render_timestamp(*comment.created_at));
  }
  if (comment.edited_at) {
    front += fmt::format("edited_at = {}\n", render_timestamp(*comment.edited_at));
  }
  if (!comment.edited_by.empty()) {
    front += fmt::format("edited_by = {}\n", quote_toml(comment.edited_by));
  }
  if (!comment.body_sha256.empty()) {
    front += fmt::format("sha256 = {}\n", quote_toml(comment.body_sha256));
  }
  return join_front_matter({.front = front, .body = comment.body});
}

std::string render_tracker_text(const TrackerText& tracker) {
  return fmt::format("# This folder is an issue tracker. The id names it for ever: moving the folder renames nothing.\n"
                     "format = {}\nid = {}\n",
                     tracker.format, quote_toml(tracker.id));
}

} // namespace afk::adapter

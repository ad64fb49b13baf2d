#include <afk/core/labels.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace afk {

namespace {

constexpr std::string_view priority_prefix = "priority:";
constexpr std::string_view agent_prefix = "agent:";
constexpr int highest_priority_number = 1'000'000;
constexpr std::size_t longest_agent_name = 64;
constexpr std::size_t longest_model_name = 128;

std::optional<std::string_view> try_rest(std::string_view label, std::string_view prefix) {
  if (!equal_ascii_folded(label.substr(0, prefix.size()), prefix)) {
    return std::nullopt;
  }
  return trim_ascii(label.substr(prefix.size()));
}

std::optional<int> try_priority_number(std::string_view text) {
  int number = -1;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (text.empty() || problem != std::errc{} || stop != end || number < 0 || number > highest_priority_number) {
    return std::nullopt;
  }
  return number;
}

bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

struct NameRule {
  std::size_t longest = 0;
  std::string_view marks; // legal beside letters and digits, not at the beginning
};

bool is_name(std::string_view text, const NameRule& rule) {
  if (text.empty() || text.size() > rule.longest || !is_letter_or_digit(text.front())) {
    return false;
  }
  return std::ranges::all_of(
      text, [&](char character) { return is_letter_or_digit(character) || rule.marks.contains(character); });
}

Result<AgentLabel> parse_agent(std::string_view label, std::string_view rest) {
  const std::size_t colon = rest.find(':');
  const std::string_view name = rest.substr(0, colon);
  const std::string_view model = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
  const bool is_model =
      colon == std::string_view::npos || is_name(model, {.longest = longest_model_name, .marks = "._:/@+-"});
  if (!is_name(name, {.longest = longest_agent_name, .marks = "._-"}) || !is_model) {
    const std::string shown = quote_for_display(truncate_text(label, {.max_bytes = 120, .note = "..."}));
    return Error{.kind = ErrorKind::malformed,
                 .message =
                     fmt::format("the label {} names no agent; expected agent:<name> or agent:<name>:<model>", shown),
                 .audience = ErrorAudience::author_of_issue};
  }
  return AgentLabel{.name = fold_ascii(name), .model = std::string(model)};
}

} // namespace

PriorityLabels derive_priority(std::span<const std::string> labels) {
  PriorityLabels found;
  for (const std::string& label : labels) {
    const auto rest = try_rest(label, priority_prefix);
    if (!rest) {
      continue;
    }
    const auto number = try_priority_number(*rest);
    if (!number) {
      found.ignored.push_back(label);
    } else if (!found.priority || *number < *found.priority) {
      found.priority = number;
    }
  }
  return found;
}

Result<std::optional<AgentLabel>> derive_agent_label(std::span<const std::string> labels) {
  std::optional<AgentLabel> chosen;
  for (const std::string& label : labels) {
    const auto rest = try_rest(label, agent_prefix);
    if (!rest) {
      continue;
    }
    auto agent = parse_agent(label, *rest);
    if (!agent.ok()) {
      return std::move(agent).error();
    }
    if (chosen && *chosen != agent.value()) {
      return Error{.kind = ErrorKind::conflict,
                   .message = "two labels name different agents; leave one agent:<name> label on the issue",
                   .audience = ErrorAudience::author_of_issue};
    }
    chosen = std::move(agent).value();
  }
  return chosen;
}

} // namespace afk

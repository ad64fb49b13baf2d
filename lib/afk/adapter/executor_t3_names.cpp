#include <afk/adapter/executor_t3_names.hpp>

#include <fmt/format.h>

#include <charconv>

namespace afk::adapter {

std::string render_t3_title(const T3Title& title) {
  return fmt::format("{} {} {}", render_issue_ref(title.issue), title.agent, title.turn.text);
}

std::optional<T3Title> try_t3_title(std::string_view text) {
  const std::size_t first = text.find(' ');
  const std::size_t last = text.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return std::nullopt;
  }
  auto issue = parse_issue_ref(text.substr(0, first));
  auto turn = parse_turn_name(text.substr(last + 1));
  if (!issue || !turn) {
    return std::nullopt;
  }
  return T3Title{.issue = std::move(issue).value(),
                 .agent = std::string(text.substr(first + 1, last - first - 1)),
                 .turn = std::move(turn).value()};
}

std::string derive_t3_seal_title(const AttemptName& attempt) {
  return fmt::format("{}: over before it began", derive_t3_thread_id(attempt));
}

std::string derive_t3_thread_id(const AttemptName& attempt) {
  return derive_attempt_name(attempt.run, attempt.redispatch);
}

std::string derive_t3_message_id(const AttemptName& attempt, const T3Start& start) {
  return fmt::format("{}:{}:m{}", derive_t3_thread_id(attempt), start.turn.text, start.number);
}

std::optional<T3Start> try_t3_start(const AttemptName& attempt, std::string_view message_id) {
  const std::string prefix = derive_t3_thread_id(attempt) + ":";
  if (!message_id.starts_with(prefix)) {
    return std::nullopt;
  }
  message_id.remove_prefix(prefix.size());
  const std::size_t mark = message_id.rfind(":m");
  if (mark == std::string_view::npos) {
    return std::nullopt;
  }
  auto turn = parse_turn_name(message_id.substr(0, mark));
  const std::string_view digits = message_id.substr(mark + 2);
  int number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!turn || parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || number < 1) {
    return std::nullopt;
  }
  return T3Start{.turn = std::move(turn).value(), .number = number};
}

std::string derive_t3_command_id(const AttemptName& attempt, std::string_view what) {
  return fmt::format("{}:{}", derive_t3_thread_id(attempt), what);
}

std::string derive_t3_project_id(std::string_view workspace_root, int number, const Digest& digest) {
  constexpr std::size_t length = 12;
  const std::string name = fmt::format("afk-{}", render_base32(digest.sha256(workspace_root), length));
  return number == 1 ? name : fmt::format("{}-{}", name, number);
}

std::string derive_t3_project_root(std::string_view workspace_root, const RepositoryName& repository) {
  return fmt::format("{}/{}__{}", workspace_root, repository.owner, repository.name);
}

} // namespace afk::adapter

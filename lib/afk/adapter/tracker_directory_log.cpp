#include <afk/adapter/tracker_directory_log.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {

Result<ParsedLog> parse_log(std::string_view bytes) {
  ParsedLog log;
  std::size_t start = 0;
  for (int number = 1; start < bytes.size(); ++number) {
    const std::size_t end = bytes.find('\n', start);
    const bool ended = end != std::string_view::npos;
    const std::string_view line = bytes.substr(start, ended ? end - start : std::string_view::npos);
    start = ended ? end + 1 : bytes.size();
    if (trim_ascii(line).empty()) {
      log.whole_bytes = ended ? start : log.whole_bytes;
      continue;
    }
    auto entry = parse_log_entry(line);
    if (!entry) {
      if (!ended) {
        break;
      }
      return with_context(fmt::format("{}", number), std::move(entry).error());
    }
    log.entries.push_back(std::move(entry).value());
    log.ends.push_back(start);
    log.whole_bytes = start;
    log.last_line = ended ? ParsedLog::LastLine::ended : ParsedLog::LastLine::open;
  }
  return log;
}

void apply_log_entry(LoggedState& state, const LogEntry& entry) {
  const auto is_same = [&](const std::string& label) { return equal_ascii_folded(label, entry.label); };
  switch (entry.kind) {
  case IssueEventKind::labeled:
    if (std::ranges::none_of(state.labels, is_same)) {
      state.labels.push_back(entry.label);
    }
    break;
  case IssueEventKind::unlabeled:
    std::erase_if(state.labels, is_same);
    break;
  case IssueEventKind::closed:
    state.state = entry.closed_as;
    break;
  case IssueEventKind::reopened:
    state.state = IssueState::open;
    break;
  case IssueEventKind::title_changed:
  case IssueEventKind::body_changed:
    break; // their hashes are taken below, as those of any entry
  }
  if (!entry.title_sha256.empty()) {
    state.title_sha256 = entry.title_sha256;
  }
  if (!entry.body_sha256.empty()) {
    state.body_sha256 = entry.body_sha256;
  }
}

LoggedState replay_log(std::span<const LogEntry> entries) {
  LoggedState state;
  for (const LogEntry& entry : entries) {
    apply_log_entry(state, entry);
  }
  return state;
}

Actor derive_actor(std::string_view name) {
  const std::string login(name);
  return Actor{.id = login, .login = login, .kind = name == own_login ? ActorKind::own_account : ActorKind::person};
}

IssueEvent derive_event(const LogEntry& entry) {
  return IssueEvent{.id = ArmingId{entry.id},
                    .kind = entry.kind,
                    .actor = derive_actor(entry.by),
                    .time = entry.time,
                    .label = entry.label,
                    .recorded = !entry.id.empty()};
}

} // namespace afk::adapter

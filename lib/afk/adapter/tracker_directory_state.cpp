#include <afk/adapter/tracker_directory_state.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace afk::adapter {

namespace {

bool contains_label(std::span<const std::string> labels, std::string_view label) {
  return std::ranges::any_of(labels, [&](const std::string& one) { return equal_ascii_folded(one, label); });
}

bool is_about_label(const LogEntry& entry, std::string_view label) {
  return (entry.kind == IssueEventKind::labeled || entry.kind == IssueEventKind::unlabeled) &&
         equal_ascii_folded(entry.label, label);
}

bool is_about_state(const LogEntry& entry) {
  return entry.kind == IssueEventKind::closed || entry.kind == IssueEventKind::reopened;
}

// The log taken apart by how far the text has seen it.
struct SplitLog {
  std::span<const LogEntry> seen;
  std::span<const LogEntry> on_top;
  IssueView::Unfinished unfinished = IssueView::Unfinished::none;
};

Result<SplitLog> split_log(const StoredIssue& stored, const IssueText& text) {
  const std::span<const LogEntry> entries(stored.log.entries);
  // A text without the key was written by a person, or its key was taken out: then the whole log is old news.
  const auto size = static_cast<std::int64_t>(entries.size());
  const std::int64_t seen = text.events.value_or(size);
  if (seen > size) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("1: the text has seen {} entries of the log, the log has {}; take the log back "
                                        "from version control, or remove the line events = {}",
                                        seen, size, seen)};
  }
  SplitLog split{.seen = entries.first(static_cast<std::size_t>(seen)),
                 .on_top = entries.subspan(static_cast<std::size_t>(seen))};
  if (seen < size && stored.staged_events && *stored.staged_events >= size) {
    split.on_top = {};
    split.unfinished = IssueView::Unfinished::cut_off;
  }
  return split;
}

// Collects edits by hand that all happened when the text was saved.
class HandEdits {
 public:
  explicit HandEdits(Timestamp saved_at) : saved_at_(saved_at) {}

  LogEntry& add(IssueEventKind kind, std::string label = {}) {
    return entries_.emplace_back(
        LogEntry{.time = saved_at_, .by = std::string(hand_login), .kind = kind, .label = std::move(label)});
  }

  [[nodiscard]] std::vector<LogEntry> take() && { return std::move(entries_); }

 private:
  Timestamp saved_at_;
  std::vector<LogEntry> entries_;
};

// Title and body first: one save that changes the text and arms it arms the text as it is now.
void find_content_edits(const IssueText& text, const LoggedState& logged, const Digest& digest, HandEdits& edits) {
  if (!logged.title_sha256.empty()) {
    if (std::string hash = derive_text_hash(text.title, digest); hash != logged.title_sha256) {
      edits.add(IssueEventKind::title_changed).title_sha256 = std::move(hash);
    }
  }
  if (!logged.body_sha256.empty()) {
    if (std::string hash = derive_text_hash(text.body, digest); hash != logged.body_sha256) {
      edits.add(IssueEventKind::body_changed).body_sha256 = std::move(hash);
    }
  }
}

void find_state_and_label_edits(const IssueText& text, const SplitLog& log, HandEdits& edits) {
  const LoggedState seen = replay_log(log.seen);
  if (text.state != seen.state && std::ranges::none_of(log.on_top, is_about_state)) {
    if (text.state == IssueState::open) {
      edits.add(IssueEventKind::reopened);
    } else {
      edits.add(IssueEventKind::closed).closed_as = text.state;
    }
  }
  const auto is_open_question = [&](const std::string& label) {
    return std::ranges::none_of(log.on_top, [&](const LogEntry& entry) { return is_about_label(entry, label); });
  };
  for (const std::string& label : seen.labels) {
    if (!contains_label(text.labels, label) && is_open_question(label)) {
      edits.add(IssueEventKind::unlabeled, label);
    }
  }
  for (const std::string& label : text.labels) {
    if (!contains_label(seen.labels, label) && is_open_question(label)) {
      edits.add(IssueEventKind::labeled, label);
    }
  }
}

// The file system's clock may be ahead of ours, and a checkout may bring old times.
Timestamp derive_time_saved(const StoredIssue& stored, std::span<const LogEntry> recorded, Timestamp now) {
  const Timestamp saved = std::min(stored.modified_at, now);
  return recorded.empty() ? saved : std::max(saved, recorded.back().time);
}

} // namespace

std::vector<IssueEvent> IssueView::events() const {
  std::vector<IssueEvent> events;
  events.reserve(recorded.size() + by_hand.size());
  std::ranges::transform(recorded, std::back_inserter(events), derive_event);
  std::ranges::transform(by_hand, std::back_inserter(events), derive_event);
  return events;
}

std::string derive_text_hash(std::string_view text, const Digest& digest) {
  return render_hex(digest.sha256(text));
}

Result<IssueView> derive_issue_view(const StoredIssue& stored, Timestamp now, const Digest& digest) {
  auto text = parse_issue_text(stored.bytes);
  if (!text) {
    return std::move(text).error();
  }
  const auto log = split_log(stored, *text);
  if (!log) {
    return log.error();
  }
  IssueView view{.title = text->title,
                 .body = std::string(text->body),
                 .state = text->state,
                 .labels = text->labels,
                 .blocked_by = text->blocked_by,
                 .recorded = {log->seen.begin(), log->seen.end()},
                 .by_hand = {},
                 .unfinished = log->unfinished};
  view.recorded.insert(view.recorded.end(), log->on_top.begin(), log->on_top.end());

  HandEdits edits(derive_time_saved(stored, view.recorded, now));
  find_content_edits(*text, replay_log(view.recorded), digest, edits);
  find_state_and_label_edits(*text, *log, edits);
  view.by_hand = std::move(edits).take();

  LoggedState on_top{.labels = view.labels, .state = view.state, .title_sha256 = {}, .body_sha256 = {}};
  for (const LogEntry& entry : log->on_top) {
    apply_log_entry(on_top, entry);
  }
  view.labels = std::move(on_top.labels);
  view.state = on_top.state;
  return view;
}

} // namespace afk::adapter

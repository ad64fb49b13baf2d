#include <afk/adapter/github_issue.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::int64_t ghost_account = 10137; // github.com/ghost stands for accounts that were deleted
constexpr std::string_view bot_suffix = "[bot]";

bool is_change_of_text(const IssueEvent& event) {
  return event.kind == IssueEventKind::title_changed || event.kind == IssueEventKind::body_changed;
}

std::int64_t derive_second(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

void mark_own(Actor& actor, const GithubViewer& viewer) {
  if (!viewer.id.empty() && actor.id == viewer.id) {
    actor.kind = ActorKind::own_account;
  }
}

// The second in which the cut went through is not known whole.
void drop_cut_end(GithubIssue& issue) {
  auto& events = issue.record.events;
  if (issue.older_log.state == GithubOlder::State::none || events.empty()) {
    return;
  }
  const std::int64_t oldest = derive_second(events.front().time);
  std::erase_if(events, [&](const IssueEvent& event) { return derive_second(event.time) == oldest; });
}

void add_body_edits(GithubIssue& issue) {
  const auto add = [&](Timestamp time, const Actor& actor) {
    issue.record.events.push_back(
        {.id = {}, .kind = IssueEventKind::body_changed, .actor = actor, .time = time, .label = {}});
  };
  bool newest_is_known = false;
  for (const GithubBodyEdit& edit : issue.edits) {
    newest_is_known = newest_is_known || (issue.last_edited_at && edit.time >= *issue.last_edited_at);
    if (edit.time > issue.created_at) { // the first entry is the text as it was written
      add(edit.time, edit.actor);
    }
  }
  if (issue.last_edited_at && issue.edits_read == GithubIssue::Edits::cut) {
    add(*issue.last_edited_at, Actor{}); // who made the others nobody knows
  } else if (issue.last_edited_at && !newest_is_known) {
    add(*issue.last_edited_at, issue.last_editor);
  }
}

void sort_events(std::vector<IssueEvent>& events) {
  std::ranges::stable_sort(events, std::less<>{}, [](const IssueEvent& event) {
    return std::tuple(derive_second(event.time), is_change_of_text(event));
  });
}

void give_ids(std::vector<IssueEvent>& events) {
  std::map<std::tuple<std::int64_t, std::string, std::string>, int> seen;
  for (IssueEvent& event : events) {
    if (event.kind != IssueEventKind::labeled) {
      continue;
    }
    const std::string actor = event.actor.id.empty() ? "0" : event.actor.id;
    const std::int64_t second = derive_second(event.time);
    const int ordinal = seen[{second, actor, fold_ascii(event.label)}]++;
    event.id.text = fmt::format("{}:{}:{}", second, actor, ordinal);
  }
}

// The newest event of a label; null where the log has none.
const IssueEvent* find_newest(const std::vector<IssueEvent>& events, const std::string& label) {
  const auto found = std::find_if(events.rbegin(), events.rend(), [&](const IssueEvent& event) {
    const bool of_labels = event.kind == IssueEventKind::labeled || event.kind == IssueEventKind::unlabeled;
    return of_labels && equal_ascii_folded(event.label, label);
  });
  return found == events.rend() ? nullptr : &*found;
}

} // namespace

Actor derive_github_actor(const GithubActorFields& fields) {
  const bool is_known = fields.type == "User" || fields.type == "Bot" || fields.type == "Organization";
  if (!fields.id || *fields.id <= 0 || *fields.id == ghost_account || fields.login.empty() || !is_known) {
    return {};
  }
  Actor actor{.id = fmt::format("{}", *fields.id), .login = fields.login, .kind = ActorKind::person};
  const bool has_suffix = actor.login.ends_with(bot_suffix);
  if (fields.type != "User" || has_suffix) {
    actor.kind = ActorKind::bot;
  }
  if (fields.type == "Bot" && !has_suffix) {
    actor.login += bot_suffix;
  }
  return actor;
}

Result<IssueRecord> derive_issue_record(GithubIssue issue, const GithubViewer& viewer) {
  drop_cut_end(issue);
  add_body_edits(issue);
  IssueRecord record = std::move(issue.record);
  sort_events(record.events);
  give_ids(record.events);
  for (IssueEvent& event : record.events) {
    mark_own(event.actor, viewer);
  }
  for (Comment& comment : record.comments) {
    mark_own(comment.author, viewer);
    if (comment.edited_by) {
      mark_own(*comment.edited_by, viewer);
    }
  }
  for (const std::string& label : record.labels) {
    const IssueEvent* newest = find_newest(record.events, label);
    if (newest != nullptr && newest->kind == IssueEventKind::unlabeled) {
      return Error{.kind = ErrorKind::unreachable,
                   .message =
                       fmt::format("{}: the label {} is on and the log does not show it yet; the next tick looks "
                                   "again",
                                   render_issue_ref(record.issue), quote_for_display(label))};
    }
  }
  return record;
}

bool misses_arming(const GithubIssue& issue) {
  if (issue.older_log.state == GithubOlder::State::none) {
    return false;
  }
  std::vector<IssueEvent> events = issue.record.events;
  if (!events.empty()) {
    const std::int64_t oldest = derive_second(events.front().time);
    std::erase_if(events, [&](const IssueEvent& event) { return derive_second(event.time) == oldest; });
  }
  return std::ranges::any_of(issue.record.labels,
                             [&](const std::string& label) { return find_newest(events, label) == nullptr; });
}

std::optional<IssueState> try_issue_state(const GithubStateFields& fields) {
  if (equal_ascii_folded(fields.state, "open")) {
    return IssueState::open;
  }
  if (!equal_ascii_folded(fields.state, "closed")) {
    return std::nullopt;
  }
  const bool undone =
      equal_ascii_folded(fields.reason, "not_planned") || equal_ascii_folded(fields.reason, "duplicate");
  return undone ? IssueState::closed_not_planned : IssueState::closed;
}

} // namespace afk::adapter

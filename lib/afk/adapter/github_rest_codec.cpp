#include <afk/adapter/github_rest_codec.hpp>

#include <afk/adapter/github_rest_parts_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {

using nlohmann::json;

namespace {

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

std::optional<IssueEventKind> try_kind(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, IssueEventKind>, 5> kinds{
      {{"labeled", IssueEventKind::labeled},
       {"unlabeled", IssueEventKind::unlabeled},
       {"closed", IssueEventKind::closed},
       {"reopened", IssueEventKind::reopened},
       {"renamed", IssueEventKind::title_changed}}};
  const auto found = std::ranges::find(kinds, name, &std::pair<std::string_view, IssueEventKind>::first);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

Result<IssueState> parse_state(const json& object) {
  const auto state = require_string(object, "state");
  const auto reason = find_string(object, "state_reason");
  const auto parsed =
      state.ok() && reason.ok() ? try_issue_state({.state = *state, .reason = reason->value_or("")}) : std::nullopt;
  return parsed ? Result<IssueState>(*parsed) : Result<IssueState>(malformed("an issue in a state that is none"));
}

Result<IssueEvent> parse_event(const json& entry, IssueEventKind kind) {
  auto actor = parse_rest_actor(entry, "actor");
  const auto time = require_timestamp(entry, "created_at");
  if (!actor.ok() || !time.ok()) {
    return actor.ok() ? time.error() : actor.error();
  }
  IssueEvent event{.id = {}, .kind = kind, .actor = std::move(*actor), .time = *time, .label = {}};
  if (kind == IssueEventKind::labeled || kind == IssueEventKind::unlabeled) {
    const auto label = require_object(entry, "label");
    auto name = label.ok() ? require_string(**label, "name") : Result<std::string>(label.error());
    if (!name.ok()) {
      return std::move(name).error();
    }
    event.label = std::move(*name);
  }
  return event;
}

// "closes #12", "Fixes: #12": the keywords with which GitHub closes an issue, its own number behind them.
bool says_it_closes(std::string_view body, std::int64_t number) {
  constexpr auto words = std::to_array<std::string_view>(
      {"close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"});
  const std::string folded = fold_ascii(body);
  const std::string reference = fmt::format("#{}", number);
  for (std::size_t at = folded.find(reference); at != std::string::npos; at = folded.find(reference, at + 1)) {
    const std::size_t behind = at + reference.size();
    if (behind < folded.size() && folded[behind] >= '0' && folded[behind] <= '9') {
      continue;
    }
    std::string_view before = trim_ascii(std::string_view(folded).substr(0, at));
    if (before.ends_with(':')) {
      before.remove_suffix(1);
    }
    const auto blank = before.find_last_not_of("abcdefghijklmnopqrstuvwxyz");
    const std::string_view word = before.substr(blank == std::string_view::npos ? 0 : blank + 1);
    if (std::ranges::find(words, word) != words.end()) {
      return true;
    }
  }
  return false;
}

// Beside "closedByPullRequestsReferences", which only GraphQL knows, the mention in an open pull request's text.
void note_pull_request(const json& entry, GithubIssue& issue) {
  const auto source = find_object(entry, "source");
  const auto other = source.ok() && *source != nullptr ? find_object(**source, "issue") : source;
  if (!other.ok() || *other == nullptr || inspect_json(**other, "pull_request") != JsonPresence::present) {
    return;
  }
  const auto state = find_string(**other, "state");
  const auto body = find_string(**other, "body");
  const auto link = find_string(**other, "html_url");
  const auto home = parse_repository_url(**other);
  if (!state.ok() || !body.ok() || !link.ok() || !home.ok() || !*link ||
      !same_repository(*home, issue.record.issue.repository)) {
    return;
  }
  const bool of_a_run = body->value_or("").find("Afk-Run:") != std::string::npos;
  if (state->value_or("") == "open" && !of_a_run && says_it_closes(body->value_or(""), issue.record.issue.number)) {
    issue.record.open_pull_request = **link;
  }
}

Result<Comment> parse_comment(const json& entry) {
  Comment comment;
  auto id = parse_rest_number(entry, "id");
  auto body = find_string(entry, "body");
  const auto created = require_timestamp(entry, "created_at");
  const auto updated = find_timestamp(entry, "updated_at");
  auto author = parse_rest_actor(entry, "user");
  if (!id.ok() || !body.ok() || !created.ok() || !updated.ok() || !author.ok()) {
    return malformed("a comment without id, text, time or author");
  }
  comment.id = std::move(*id);
  comment.body = body->value_or("");
  comment.created_at = *created;
  if (*updated && **updated > *created) {
    comment.edited_at = *updated;
  }
  comment.author = std::move(*author);
  return comment;
}

BlockerState derive_blocker_state(IssueState state) {
  switch (state) {
  case IssueState::open:
    return BlockerState::open;
  case IssueState::closed:
    return BlockerState::closed;
  case IssueState::closed_not_planned:
    return BlockerState::closed_not_planned;
  case IssueState::gone:
    break;
  }
  return BlockerState::missing;
}

Result<Blocker> parse_blocker(const json& entry) {
  auto repository = parse_repository_url(entry);
  const auto number = require_int64(entry, "number");
  const auto state = parse_state(entry);
  if (!repository.ok() || !number.ok() || !state.ok()) {
    return malformed("a dependency without repository, number or state");
  }
  return Blocker{.issue = {.repository = std::move(*repository), .number = *number},
                 .state = derive_blocker_state(*state)};
}

template <typename T, typename Parse>
Result<std::vector<T>> parse_list(const http::Response& response, const GithubAsked& asked, Parse parse) {
  const auto body = parse_json_body(response);
  if (!body.ok()) {
    return with_context(asked.who, body.error());
  }
  if (!body->is_array()) {
    return malformed(asked.who + ": no list where one belongs");
  }
  std::vector<T> values;
  for (const json& entry : *body) {
    auto value = parse(entry);
    if (!value.ok()) {
      return with_context(asked.who, std::move(value).error());
    }
    values.push_back(std::move(*value));
  }
  return values;
}

} // namespace

Result<GithubViewer> parse_rest_viewer(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  if (!body.ok()) {
    return body.error();
  }
  auto id = parse_rest_number(*body, "id");
  auto login = require_string(*body, "login");
  if (!id.ok() || !login.ok()) {
    return malformed(asked.who + ": an account without id or login");
  }
  return GithubViewer{.id = std::move(*id), .login = std::move(*login)};
}

Result<GithubRepositoryFacts> parse_rest_repository(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  if (!body.ok()) {
    return body.error();
  }
  auto id = parse_rest_number(*body, "id");
  const auto full_name = require_string(*body, "full_name");
  auto branch = find_string(*body, "default_branch");
  auto name = full_name.ok() ? parse_repository_name(*full_name) : Result<RepositoryName>(full_name.error());
  if (!id.ok() || !name.ok() || !branch.ok()) {
    return malformed(asked.who + ": a repository without id or name");
  }
  return GithubRepositoryFacts{
      .name = std::move(*name), .id = std::move(*id), .default_branch = branch->value_or(""), .default_head = {}};
}

Result<std::vector<IssueSummary>> parse_rest_issue_list(const http::Response& response,
                                                        const RepositoryName& repository, const GithubAsked& asked) {
  auto all = parse_list<std::optional<IssueSummary>>(
      response, asked, [&](const json& entry) -> Result<std::optional<IssueSummary>> {
        if (inspect_json(entry, "pull_request") == JsonPresence::present) {
          return std::optional<IssueSummary>();
        }
        const auto number = require_int64(entry, "number");
        auto title = require_string(entry, "title");
        const auto state = parse_state(entry);
        auto labels = parse_rest_label_names(entry);
        if (!number.ok() || !title.ok() || !state.ok() || !labels.ok() || *number <= 0) {
          return malformed("an issue without number, title, state or labels");
        }
        return std::optional(IssueSummary{.issue = {.repository = repository, .number = *number},
                                          .state = *state,
                                          .title = std::move(*title),
                                          .labels = std::move(*labels)});
      });
  if (!all.ok()) {
    return std::move(all).error();
  }
  std::vector<IssueSummary> issues;
  for (auto& one : *all) {
    if (one) {
      issues.push_back(*std::move(one));
    }
  }
  return issues;
}

Result<std::optional<GithubRestIssue>> parse_rest_issue(const http::Response& response,
                                                        const GithubRepositoryFacts& facts, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  if (!body.ok()) {
    return body.error();
  }
  if (inspect_json(*body, "pull_request") == JsonPresence::present) {
    return std::optional<GithubRestIssue>();
  }
  const auto home = parse_repository_url(*body);
  const auto number = require_int64(*body, "number");
  auto title = require_string(*body, "title");
  auto text = find_string(*body, "body");
  auto link = require_string(*body, "html_url");
  const auto state = parse_state(*body);
  const auto created = require_timestamp(*body, "created_at");
  auto labels = parse_rest_label_names(*body);
  if (!home.ok() || !number.ok() || !title.ok() || !text.ok() || !link.ok() || !state.ok() || !created.ok() ||
      !labels.ok()) {
    return malformed(asked.who + ": an issue without repository, number, title, state, time or labels");
  }
  if (!same_repository(*home, facts.name)) {
    return std::optional<GithubRestIssue>();
  }
  GithubRestIssue found;
  IssueRecord& record = found.issue.record;
  record.issue = {.repository = facts.name, .number = *number};
  record.repository_id = facts.id;
  record.state = *state;
  record.title = std::move(*title);
  record.body = text->value_or("");
  record.url = std::move(*link);
  record.labels = std::move(*labels);
  record.edit_log = EditLog::titles_only;
  found.issue.created_at = *created;
  const auto summary = find_object(*body, "sub_issues_summary");
  if (summary.ok() && *summary != nullptr) {
    const auto total = find_int64(**summary, "total");
    const auto completed = find_int64(**summary, "completed");
    const bool open = total.ok() && completed.ok() && total->value_or(0) > completed->value_or(0);
    found.sub_issues = open ? GithubRestIssue::SubIssues::open : GithubRestIssue::SubIssues::none;
  }
  return std::optional(std::move(found));
}

Result<void> parse_rest_timeline(const http::Response& response, GithubIssue& issue, const GithubAsked& asked) {
  const auto body = parse_json_body(response);
  if (!body.ok()) {
    return with_context(asked.who, body.error());
  }
  if (!body->is_array()) {
    return malformed(asked.who + ": a log that is no list");
  }
  for (const json& entry : *body) {
    const auto name = find_string(entry, "event");
    if (!name.ok()) {
      return with_context(asked.who, name.error());
    }
    if (*name == "cross-referenced") {
      note_pull_request(entry, issue);
    }
    const auto kind = try_kind(name->value_or(""));
    if (!kind) {
      continue; // comments, mentions, commits and whatever comes to be
    }
    auto event = parse_event(entry, *kind);
    if (!event.ok()) {
      return with_context(asked.who, std::move(event).error());
    }
    issue.record.events.push_back(std::move(*event));
  }
  return {};
}

Result<void> parse_rest_comments(const http::Response& response, GithubIssue& issue, const GithubAsked& asked) {
  auto comments = parse_list<Comment>(response, asked, parse_comment);
  if (!comments.ok()) {
    return std::move(comments).error();
  }
  std::ranges::move(*comments, std::back_inserter(issue.record.comments));
  return {};
}

Result<std::vector<Blocker>> parse_rest_blockers(const http::Response& response, const GithubAsked& asked) {
  return parse_list<Blocker>(response, asked, parse_blocker);
}

Result<GithubRestState> parse_rest_state(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  if (!body.ok()) {
    return body.error();
  }
  const auto state = parse_state(*body);
  auto text = find_string(*body, "body");
  if (!state.ok() || !text.ok()) {
    return malformed(asked.who + ": an issue in a state that is none");
  }
  GithubRestState found{.state = *state, .body = text->value_or("")};
  const auto pull_request = find_object(*body, "pull_request");
  if (pull_request.ok() && *pull_request != nullptr && found.state == IssueState::closed) {
    const bool merged = inspect_json(**pull_request, "merged_at") == JsonPresence::present;
    found.state = merged ? IssueState::closed : IssueState::closed_not_planned;
  }
  return found;
}

Result<std::vector<GithubRestComment>> parse_rest_comment_list(const http::Response& response,
                                                               const GithubAsked& asked) {
  return parse_list<GithubRestComment>(response, asked, [](const json& entry) -> Result<GithubRestComment> {
    auto comment = parse_comment(entry);
    if (!comment.ok()) {
      return std::move(comment).error();
    }
    return GithubRestComment{
        .id = std::move(comment->id), .author_id = std::move(comment->author.id), .body = std::move(comment->body)};
  });
}

} // namespace afk::adapter

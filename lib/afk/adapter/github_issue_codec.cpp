#include <afk/adapter/github_issue_codec.hpp>

#include <afk/adapter/github_envelope_codec.hpp>

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

std::optional<IssueEventKind> try_kind(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, IssueEventKind>, 5> kinds{
      {{"LabeledEvent", IssueEventKind::labeled},
       {"UnlabeledEvent", IssueEventKind::unlabeled},
       {"ClosedEvent", IssueEventKind::closed},
       {"ReopenedEvent", IssueEventKind::reopened},
       {"RenamedTitleEvent", IssueEventKind::title_changed}}};
  const auto found = std::ranges::find(kinds, type, &std::pair<std::string_view, IssueEventKind>::first);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

Result<IssueEvent> parse_event(const json& node, IssueEventKind kind) {
  auto actor = parse_github_actor(node, "actor");
  const auto time = require_timestamp(node, "createdAt");
  if (!actor.ok() || !time.ok()) {
    return actor.ok() ? time.error() : actor.error();
  }
  IssueEvent event{.id = {}, .kind = kind, .actor = std::move(*actor), .time = *time, .label = {}};
  if (kind != IssueEventKind::labeled && kind != IssueEventKind::unlabeled) {
    return event;
  }
  const auto label = require_object(node, "label");
  if (!label.ok()) {
    return label.error();
  }
  auto name = require_string(**label, "name");
  if (!name.ok()) {
    return std::move(name).error();
  }
  event.label = std::move(*name);
  return event;
}

Result<GithubOlder> parse_older(const json& issue, std::string_view connection) {
  const auto edge = parse_edge(issue, connection, "hasPreviousPage");
  if (!edge.ok()) {
    return edge.error();
  }
  GithubOlder older;
  if (*edge == GithubEdge::cut) {
    auto cursor = require_string(issue.at(connection).at("pageInfo"), "startCursor");
    if (!cursor.ok()) {
      return std::move(cursor).error();
    }
    older = {.state = GithubOlder::State::more, .cursor = std::move(*cursor)};
  }
  return older;
}

// Entries of kinds that were not asked for do not come; an unknown one says nothing about labels.
Result<void> parse_log(const json& object, GithubIssue& issue) {
  auto older = parse_older(object, "timelineItems");
  const auto nodes = require_nodes(object, "timelineItems");
  if (!older.ok() || !nodes.ok()) {
    return older.ok() ? nodes.error() : older.error();
  }
  issue.older_log = std::move(*older);
  for (const json& node : **nodes) {
    const auto type = require_string(node, "__typename");
    const auto kind = type.ok() ? try_kind(*type) : std::nullopt;
    if (!kind) {
      return malformed("a log with an entry that was not asked for");
    }
    auto event = parse_event(node, *kind);
    if (!event.ok()) {
      return std::move(event).error();
    }
    issue.record.events.push_back(std::move(*event));
  }
  return {};
}

Result<Comment> parse_comment(const json& node) {
  Comment comment;
  auto id = parse_id_key(node, "fullDatabaseId");
  auto body = require_string(node, "body");
  const auto created = require_timestamp(node, "createdAt");
  const auto edited = find_timestamp(node, "lastEditedAt");
  auto author = parse_github_actor(node, "author");
  auto editor = parse_github_actor(node, "editor");
  if (!id.ok() || !body.ok() || !created.ok() || !edited.ok() || !author.ok() || !editor.ok()) {
    return malformed("a comment without id, text, time or author");
  }
  comment.id = std::move(*id);
  comment.body = std::move(*body);
  comment.created_at = *created;
  comment.edited_at = *edited;
  comment.author = std::move(*author);
  if (comment.edited_at) {
    comment.edited_by = std::move(*editor);
  }
  return comment;
}

Result<void> parse_comments(const json& object, GithubIssue& issue) {
  auto older = parse_older(object, "comments");
  const auto nodes = require_nodes(object, "comments");
  if (!older.ok() || !nodes.ok()) {
    return older.ok() ? nodes.error() : older.error();
  }
  issue.older_comments = std::move(*older);
  for (const json& node : **nodes) {
    auto comment = parse_comment(node);
    if (!comment.ok()) {
      return std::move(comment).error();
    }
    issue.record.comments.push_back(std::move(*comment));
  }
  return {};
}

Result<void> parse_edits(const json& object, GithubIssue& issue) {
  const auto created = require_timestamp(object, "createdAt");
  const auto edited = find_timestamp(object, "lastEditedAt");
  auto editor = parse_github_actor(object, "editor");
  if (!created.ok() || !edited.ok() || !editor.ok()) {
    return malformed("an issue whose edits cannot be read");
  }
  issue.created_at = *created;
  issue.last_edited_at = *edited;
  issue.last_editor = std::move(*editor);
  issue.record.edit_log = EditLog::complete;
  const auto connection = find_object(object, "userContentEdits");
  if (!connection.ok()) {
    return connection.error();
  }
  if (*connection == nullptr) { // nothing but the time of the last edit is told
    return {};
  }
  const auto edge = parse_edge(object, "userContentEdits", "hasNextPage");
  const auto nodes = require_nodes(object, "userContentEdits");
  if (!edge.ok() || !nodes.ok()) {
    return edge.ok() ? nodes.error() : edge.error();
  }
  issue.edits_read = *edge == GithubEdge::cut ? GithubIssue::Edits::cut : GithubIssue::Edits::all;
  for (const json& node : **nodes) {
    const auto time = require_timestamp(node, "editedAt");
    auto actor = parse_github_actor(node, "editor");
    if (!time.ok() || !actor.ok()) {
      return time.ok() ? actor.error() : time.error();
    }
    issue.edits.push_back({.time = *time, .actor = std::move(*actor)});
  }
  return {};
}

Result<void> parse_sub_issues(const json& object, GithubIssue& issue) {
  const auto nodes = require_nodes(object, "subIssues");
  const auto edge = parse_edge(object, "subIssues", "hasNextPage");
  if (!nodes.ok() || !edge.ok()) {
    return nodes.ok() ? edge.error() : nodes.error();
  }
  if (*edge == GithubEdge::cut) {
    return Error{.kind = ErrorKind::too_large, .message = "more than 100 sub-issues"};
  }
  for (const json& node : **nodes) {
    const auto number = require_int64(node, "number");
    const auto state = require_string(node, "state");
    const auto repository = require_object(node, "repository");
    if (!number.ok() || !state.ok() || !repository.ok()) {
      return malformed("a sub-issue without number, state or repository");
    }
    auto name = parse_repository_key(**repository, "nameWithOwner");
    if (!name.ok()) {
      return std::move(name).error();
    }
    if (*state != "CLOSED") {
      issue.record.open_sub_issues.push_back({.repository = std::move(*name), .number = *number});
    }
  }
  return {};
}

// An open pull request that says it closes the issue and is on no branch of a run of it.
Result<void> parse_pull_requests(const json& object, GithubIssue& issue) {
  const auto connection = find_object(object, "closedByPullRequestsReferences");
  if (!connection.ok() || *connection == nullptr) {
    return connection.ok() ? Result<void>() : Result<void>(connection.error());
  }
  const auto nodes = require_nodes(object, "closedByPullRequestsReferences");
  if (!nodes.ok()) {
    return nodes.error();
  }
  const std::string own = fmt::format("afk/{}-", issue.record.issue.number);
  for (const json& node : **nodes) {
    const auto state = require_string(node, "state");
    const auto branch = require_string(node, "headRefName");
    const auto foreign = find_bool(node, "isCrossRepository");
    auto url = require_string(node, "url");
    if (!state.ok() || !branch.ok() || !url.ok() || !foreign.ok()) {
      return malformed("a pull request without state, branch or address");
    }
    const bool of_a_run = branch->starts_with(own) && !foreign->value_or(false);
    if (*state == "OPEN" && !of_a_run) {
      issue.record.open_pull_request = std::move(*url);
    }
  }
  return {};
}

Result<GithubIssue> parse_issue(const json& object, const GithubRepositoryFacts& facts, GithubDetail detail) {
  GithubIssue issue;
  IssueRecord& record = issue.record;
  const auto number = require_int64(object, "number");
  auto title = require_string(object, "title");
  const auto state = require_string(object, "state");
  const auto reason = find_string(object, "stateReason");
  auto url = require_string(object, "url");
  auto body = require_string(object, "body");
  auto labels = parse_label_names(object);
  if (!number.ok() || !title.ok() || !state.ok() || !reason.ok() || !url.ok() || !body.ok() || !labels.ok()) {
    return labels.ok() ? malformed("an issue without number, title, state, address, body or labels") : labels.error();
  }
  const auto parsed_state = try_issue_state({.state = *state, .reason = reason->value_or("")});
  if (!parsed_state) {
    return malformed("an issue in a state that is none");
  }
  record.issue = {.repository = facts.name, .number = *number};
  record.repository_id = facts.id;
  record.state = *parsed_state;
  record.title = std::move(*title);
  record.url = std::move(*url);
  record.body = std::move(*body);
  record.labels = std::move(*labels);
  record.depth = detail == GithubDetail::arming ? IssueDepth::arming : IssueDepth::whole;
  std::vector<Result<void> (*)(const json&, GithubIssue&)> readers{parse_log};
  if (detail != GithubDetail::arming) {
    readers.insert(readers.end(), {parse_comments, parse_edits});
  }
  if (detail == GithubDetail::whole) {
    readers.insert(readers.end(), {parse_sub_issues, parse_pull_requests});
  }
  for (const auto read : readers) {
    if (auto done = read(object, issue); !done.ok()) {
      return std::move(done).error();
    }
  }
  return issue;
}

Result<GithubFetched> parse_fetched(const GithubEnvelope& envelope, std::size_t index, const json& part,
                                    GithubDetail detail) {
  auto facts = parse_repository_facts(part);
  if (!facts.ok()) {
    return std::move(facts).error();
  }
  const auto found = find_github_member(envelope, index, part, "issue");
  if (!found.ok()) {
    return found.error();
  }
  GithubFetched fetched{.facts = std::move(*facts), .issue = std::nullopt};
  if (*found != nullptr) {
    auto issue = parse_issue(**found, fetched.facts, detail);
    if (!issue.ok()) {
      return std::move(issue).error();
    }
    fetched.issue = std::move(*issue);
  }
  return fetched;
}

} // namespace

Result<GithubFetchedIssues> parse_github_issues(const http::Response& response, const GithubIssueQuery& query,
                                                const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  auto viewer = parse_viewer_key(*envelope->data);
  if (!viewer.ok()) {
    return with_context(asked.who, std::move(viewer).error());
  }
  GithubFetchedIssues fetched{.viewer = std::move(*viewer), .issues = {}};
  for (std::size_t index = 0; index < query.issues.size(); ++index) {
    const std::string name = render_issue_ref(query.issues[index]);
    const auto part = find_github_part(*envelope, index, asked);
    if (!part.ok()) {
      fetched.issues.emplace_back(with_context(name, part.error()));
      continue;
    }
    auto issue = parse_fetched(*envelope, index, **part, query.detail);
    fetched.issues.push_back(issue.ok() ? std::move(issue)
                                        : Result<GithubFetched>(with_context(name, std::move(issue).error())));
  }
  return fetched;
}

Result<std::vector<Result<GithubIssue>>> parse_github_older_pages(const http::Response& response,
                                                                  std::span<const GithubOlderPage> pages,
                                                                  const GithubAsked& asked) {
  const auto envelope = parse_github_envelope(response, asked);
  if (!envelope.ok()) {
    return envelope.error();
  }
  std::vector<Result<GithubIssue>> issues;
  for (std::size_t index = 0; index < pages.size(); ++index) {
    const auto read = [&]() -> Result<GithubIssue> {
      const auto part = find_github_part(*envelope, index, asked);
      if (!part.ok()) {
        return part.error();
      }
      const auto found = require_object(**part, "issue");
      if (!found.ok()) {
        return found.error();
      }
      GithubIssue older;
      auto done =
          pages[index].kind == GithubOlderPage::Kind::log ? parse_log(**found, older) : parse_comments(**found, older);
      return done.ok() ? Result<GithubIssue>(std::move(older)) : Result<GithubIssue>(std::move(done).error());
    };
    issues.push_back(read());
  }
  return issues;
}

} // namespace afk::adapter

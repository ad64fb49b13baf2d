#include <support/fake_github_state.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <stdexcept>

namespace afk::test::github {

namespace {

void remember(const State& state, Issue& issue) {
  issue.history.push_back(
      {.at = state.now, .labels = issue.labels, .open = issue.open, .state_reason = issue.state_reason});
}

Event& log(State& state, Issue& issue, std::string_view kind, std::int64_t actor) {
  issue.events.push_back(
      {.id = state.next_id(20'000'000'000), .kind = std::string(kind), .actor = actor, .at = state.now});
  return issue.events.back();
}

Repository& repository_of(State& state, const Issue& issue) {
  return state.repositories.at(issue.repository);
}

} // namespace

Account* find_account(State& state, std::string_view login) {
  const auto found = std::ranges::find_if(state.accounts, [&](const auto& entry) {
    return !entry.second.gone && equal_ascii_folded(entry.second.login, login);
  });
  return found == state.accounts.end() ? nullptr : &found->second;
}

Repository* find_repository(State& state, std::string_view owner, std::string_view name) {
  const std::string wanted = std::string(owner) + "/" + std::string(name);
  for (auto& [id, repository] : state.repositories) {
    if (equal_ascii_folded(full_name(state, repository), wanted)) {
      return &repository;
    }
  }
  for (auto& [id, repository] : state.repositories) {
    if (repository.former_names.contains(fold_ascii(wanted))) {
      return &repository;
    }
  }
  return nullptr;
}

Issue* find_issue(State& state, const Repository& repository, std::int64_t number) {
  if (number < 1 || number > static_cast<std::int64_t>(repository.issues.size())) {
    return nullptr;
  }
  return &state.issues.at(repository.issues[static_cast<std::size_t>(number) - 1]);
}

Label* find_label(Repository& repository, std::string_view name) {
  const auto found =
      std::ranges::find_if(repository.labels, [&](const Label& label) { return equal_ascii_folded(label.name, name); });
  return found == repository.labels.end() ? nullptr : &*found;
}

Label* find_label_by_id(Repository& repository, std::int64_t id) {
  const auto found = std::ranges::find(repository.labels, id, &Label::id);
  return found == repository.labels.end() ? nullptr : &*found;
}

std::string full_name(const State& state, const Repository& repository) {
  return state.accounts.at(repository.owner).login + "/" + repository.name;
}

std::string role_of(const State& state, const Repository& repository, std::int64_t account) {
  if (account == repository.owner) {
    return "admin";
  }
  const auto role = repository.roles.find(account);
  if (role != repository.roles.end() && !state.accounts.at(account).gone) {
    return role->second;
  }
  return repository.is_private ? "none" : "read";
}

const Account* shown_account(const State& state, std::int64_t id) {
  const auto found = state.accounts.find(id);
  return found == state.accounts.end() || found->second.gone ? nullptr : &found->second;
}

Label& create_label(State& state, Repository& repository, std::string_view name, std::string_view color) {
  repository.labels.push_back(
      {.id = state.next_id(8'000'000'000), .name = std::string(name), .color = std::string(color)});
  return repository.labels.back();
}

Issue& create_issue(State& state, Repository& repository, std::int64_t author, std::string_view title,
                    std::string_view body) {
  const std::int64_t id = state.next_id(3'600'000'000);
  repository.issues.push_back(id);
  Issue& issue = state.issues[id];
  issue.id = id;
  issue.repository = repository.id;
  issue.number = static_cast<std::int64_t>(repository.issues.size());
  issue.title = title;
  issue.body = body;
  issue.author = author;
  issue.created_at = issue.updated_at = state.now;
  remember(state, issue);
  return issue;
}

void put_label(State& state, Issue& issue, std::int64_t actor, std::string_view name) {
  Repository& repository = repository_of(state, issue);
  const Label* label = find_label(repository, name);
  if (label == nullptr) {
    label = &create_label(state, repository, name);
  }
  if (std::ranges::find(issue.labels, label->id) != issue.labels.end()) {
    return;
  }
  issue.labels.push_back(label->id);
  log(state, issue, "labeled", actor).label = label->name;
  remember(state, issue);
}

void take_label(State& state, Issue& issue, std::int64_t actor, std::string_view name) {
  const Label* const label = find_label(repository_of(state, issue), name);
  if (label == nullptr || std::erase(issue.labels, label->id) == 0) {
    return;
  }
  log(state, issue, "unlabeled", actor).label = label->name;
  remember(state, issue);
}

void close_issue(State& state, Issue& issue, std::int64_t actor, std::string_view reason, std::string_view commit) {
  if (!issue.open) {
    return;
  }
  issue.open = false;
  issue.state_reason = issue.pull ? "" : std::string(reason);
  issue.closed_at = issue.updated_at = state.now;
  issue.closed_by = actor;
  Event& event = log(state, issue, "closed", actor);
  event.state_reason = issue.state_reason;
  event.commit = commit;
  remember(state, issue);
}

void reopen_issue(State& state, Issue& issue, std::int64_t actor) {
  if (issue.open) {
    return;
  }
  issue.open = true;
  issue.state_reason = issue.pull ? "" : "reopened";
  issue.closed_at.reset();
  issue.closed_by = 0;
  issue.updated_at = state.now;
  log(state, issue, "reopened", actor);
  remember(state, issue);
}

void change_title(State& state, Issue& issue, std::int64_t actor, std::string_view title) {
  if (issue.title == title) {
    return;
  }
  Event& event = log(state, issue, "renamed", actor);
  event.from = issue.title;
  event.to = title;
  issue.title = title;
  issue.updated_at = state.now;
}

void change_body(State& state, Issue& issue, std::int64_t actor, std::string_view body) {
  if (issue.body == body) {
    return;
  }
  issue.body = body;
  issue.edits.push_back({.editor = actor, .at = state.now});
  issue.updated_at = state.now;
}

Comment& add_comment(State& state, Issue& issue, std::int64_t author, std::string_view body) {
  issue.comments.push_back({.id = state.next_id(3'400'000'000),
                            .author = author,
                            .body = std::string(body),
                            .created_at = state.now,
                            .edits = {}});
  issue.updated_at = state.now;
  return issue.comments.back();
}

void change_comment(State& state, Issue& issue, Comment& comment, std::int64_t editor, std::string_view body) {
  if (comment.body == body) {
    return;
  }
  comment.body = body;
  comment.edits.push_back({.editor = editor, .at = state.now});
  issue.updated_at = state.now;
}

Moment moment_of(const State& state, const Issue& issue, Duration lag) {
  const Timestamp seen = state.now - lag;
  const Moment* shown = &issue.history.front();
  for (const Moment& moment : issue.history) {
    if (lag.count() == 0 || moment.at <= seen) {
      shown = &moment;
    }
  }
  return *shown;
}

std::vector<Event> events_of(const State& state, const Issue& issue, Duration lag) {
  std::vector<Event> events = issue.events;
  if (const Duration behind = std::max(lag, state.event_lag); behind.count() != 0) {
    std::erase_if(events, [&](const Event& event) { return event.at > state.now - behind; });
  }
  return events;
}

} // namespace afk::test::github

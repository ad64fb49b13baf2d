#include <afk/adapter/github_blockers.hpp>

#include <afk/core/blocked_by.hpp>

#include <algorithm>

namespace afk::adapter {

namespace {

bool is_same(const IssueRef& left, const IssueRef& right) {
  return left.number == right.number && same_repository(left.repository, right.repository);
}

} // namespace

std::vector<IssueRef> derive_named_blockers(const RepositoryName& home, std::string_view body) {
  BlockedBy written = derive_blocked_by(body, home);
  std::vector<IssueRef> named = std::move(written.issues);
  if (!written.unreadable.empty() || written.completeness == BlockedBy::Completeness::too_many) {
    named.push_back({.repository = home, .number = 0});
  }
  return named;
}

Blocker derive_named_blocker(const IssueRef& issue, const GithubNamedIssue& named) {
  Blocker blocker{.issue = named.issue, .state = BlockerState::missing};
  switch (named.presence) {
  case GithubNamedIssue::Presence::no_repository:
    blocker.state = BlockerState::foreign;
    return blocker;
  case GithubNamedIssue::Presence::no_issue:
    return blocker;
  case GithubNamedIssue::Presence::known:
    break;
  }
  switch (named.state) {
  case IssueState::closed:
    blocker.state = BlockerState::closed;
    break;
  case IssueState::closed_not_planned:
    blocker.state = BlockerState::closed_not_planned;
    break;
  case IssueState::gone:
    break;
  case IssueState::open: {
    const auto back = derive_named_blockers(named.issue.repository, named.body);
    const bool waits = is_same(named.issue, issue) ||
                       std::ranges::any_of(back, [&](const IssueRef& one) { return is_same(one, issue); });
    blocker.state = waits ? BlockerState::cyclic : BlockerState::open;
    break;
  }
  }
  return blocker;
}

std::vector<Blocker> join_blockers(std::vector<Blocker> native, std::span<const Blocker> named) {
  for (const Blocker& one : named) {
    const auto known =
        std::ranges::find_if(native, [&](const Blocker& blocker) { return is_same(blocker.issue, one.issue); });
    if (known == native.end()) {
      native.push_back(one);
    } else if (known->state == BlockerState::open && one.state == BlockerState::cyclic) {
      known->state = BlockerState::cyclic;
    }
  }
  return native;
}

} // namespace afk::adapter

#include <afk/adapter/tracker_directory_blockers.hpp>

#include <afk/core/blocked_by.hpp>
#include <afk/core/text.hpp>

#include <algorithm>
#include <set>

namespace afk::adapter {

namespace {

constexpr std::size_t most_walked = 1000; // issues of one search for a cycle; beyond it a blocker is simply open

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

} // namespace

std::vector<IssueRef> BlockerResolver::named_blockers(const RepositoryName& home, std::span<const std::string> listed,
                                                      std::string_view body) {
  const IssueRef unreadable{.repository = home, .number = 0};
  std::vector<IssueRef> named;
  const auto add = [&](const IssueRef& issue) {
    const auto is_same = [&](const IssueRef& other) { return key_of(other) == key_of(issue); };
    if (std::ranges::none_of(named, is_same)) {
      named.push_back(issue);
    }
  };
  for (const std::string& text : listed) {
    const auto issue = parse_issue_ref(text.starts_with('#') ? render_repository_name(home) + text : text);
    add(issue ? issue.value() : unreadable);
  }
  const BlockedBy written = derive_blocked_by(body, home);
  std::ranges::for_each(written.issues, add);
  if (!written.unreadable.empty() || written.completeness == BlockedBy::Completeness::too_many) {
    add(unreadable);
  }
  return named;
}

std::vector<Blocker> BlockerResolver::resolve(const IssueRef& issue, std::span<const IssueRef> blockers) {
  std::vector<Blocker> resolved;
  resolved.reserve(blockers.size());
  for (const IssueRef& blocker : blockers) {
    BlockerState state = look_up(blocker).state;
    if (state == BlockerState::open && waits_for(blocker, issue)) {
      state = BlockerState::cyclic;
    }
    const auto repository = repositories_.find(blocker.repository);
    const bool is_known = repository && *repository != nullptr;
    resolved.push_back(
        {.issue = {.repository = is_known ? (*repository)->name : blocker.repository, .number = blocker.number},
         .state = state});
  }
  return resolved;
}

BlockerResolver::Key BlockerResolver::key_of(const IssueRef& issue) {
  return {fold_ascii(render_repository_name(issue.repository)), issue.number};
}

const BlockerResolver::Known& BlockerResolver::look_up(const IssueRef& issue) {
  const Key key = key_of(issue);
  auto found = known_.find(key);
  if (found == known_.end()) {
    found = known_.emplace(key, read(issue)).first;
  }
  return found->second;
}

BlockerResolver::Known BlockerResolver::read(const IssueRef& issue) {
  const auto repository = repositories_.find(issue.repository);
  if (repository && *repository == nullptr) {
    return {.state = BlockerState::foreign, .blockers = {}};
  }
  Known unknown{.state = BlockerState::open, .blockers = {}};
  const auto contents =
      repository ? repositories_.contents(**repository) : Result<const RepositoryContents*>(repository.error());
  if (!contents || (*contents)->broken.contains(issue.number)) {
    return unknown;
  }
  const auto file = (*repository)->folder.try_read(derive_text_name(issue.number), most_text_bytes);
  if (file && !file->has_value()) {
    return {.state = BlockerState::missing, .blockers = {}};
  }
  const auto text = file ? parse_issue_text((*file)->bytes) : Result<IssueText>(file.error());
  if (!text) {
    return unknown;
  }
  return {.state = derive_blocker_state(text->state),
          .blockers = named_blockers((*repository)->name, text->blocked_by, text->body)};
}

bool BlockerResolver::waits_for(const IssueRef& start, const IssueRef& goal) {
  std::set<Key> seen{key_of(start)};
  std::vector<IssueRef> open{start};
  while (!open.empty() && seen.size() < most_walked) {
    const IssueRef issue = open.back();
    open.pop_back();
    if (key_of(issue) == key_of(goal)) {
      return true;
    }
    const Known& known = look_up(issue);
    if (known.state != BlockerState::open) {
      continue; // what is closed waits for nothing
    }
    for (const IssueRef& next : known.blockers) {
      if (seen.insert(key_of(next)).second) {
        open.push_back(next);
      }
    }
  }
  return false;
}

} // namespace afk::adapter

#pragma once
// The blockers of an issue in the directory tracker: what its front matter lists and what its text says, each with its
// state. One resolver serves one batch and reads every file at most once.

#include <afk/adapter/tracker_directory_repositories.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/issue.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::adapter {

class BlockerResolver {
 public:
  // `repositories` outlives the resolver.
  explicit BlockerResolver(Repositories& repositories) : repositories_(repositories) {}

  // What an issue names as its blockers, in the order named, each once. A reference that can not be understood stands
  // there as number 0 of the issue's own repository, which is missing.
  static std::vector<IssueRef> named_blockers(const RepositoryName& home, std::span<const std::string> listed,
                                              std::string_view body);

  // A blocker whose own file is broken counts as open; one that waits for `issue` itself, over however many others,
  // is cyclic.
  std::vector<Blocker> resolve(const IssueRef& issue, std::span<const IssueRef> blockers);

 private:
  struct Known {
    BlockerState state = BlockerState::missing;
    std::vector<IssueRef> blockers;
  };

  using Key = std::pair<std::string, std::int64_t>;

  static Key key_of(const IssueRef& issue);
  const Known& look_up(const IssueRef& issue);
  Known read(const IssueRef& issue);
  bool waits_for(const IssueRef& start, const IssueRef& goal);

  Repositories& repositories_;
  std::map<Key, Known> known_;
};

} // namespace afk::adapter

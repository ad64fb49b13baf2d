#include <afk/loop/people.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <set>

namespace afk::loop {

namespace {

std::pair<std::string, std::string> derive_key(const RepositoryName& repository, const Actor& actor) {
  return {fold_ascii(render_repository_name(repository)), actor.id};
}

} // namespace

std::vector<PermissionQuery> People::leave_known_out(std::span<const PermissionQuery> queries) const {
  std::vector<PermissionQuery> asked;
  std::set<Key> seen;
  for (const PermissionQuery& query : queries) {
    const Key key = derive_key(query.repository, query.actor);
    if (!known_.contains(key) && seen.insert(key).second)
      asked.push_back(query);
  }
  return asked;
}

void People::ask(std::span<const PermissionQuery> queries) {
  const auto asked = leave_known_out(queries);
  if (asked.empty())
    return;
  const auto answers = permissions_.fetch(asked);
  for (std::size_t i = 0; i < asked.size(); ++i)
    known_[derive_key(asked[i].repository, asked[i].actor)] = answers[i] ? *answers[i] : Permission::unknown;
}

void People::expect(std::span<const PermissionQuery> queries) {
  const auto asked = leave_known_out(queries);
  if (!asked.empty())
    permissions_.expect(asked);
}

Permission People::recall(const RepositoryName& repository, const Actor& actor) const {
  const auto found = known_.find(derive_key(repository, actor));
  return found == known_.end() ? Permission::unknown : found->second;
}

} // namespace afk::loop

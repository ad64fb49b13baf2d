#pragma once
// What the people of a tick's issues may do, asked for in batches and remembered until the next look: permission is
// what somebody has now, so nothing outlives a look.

#include <afk/port/permissions.hpp>

#include <map>
#include <span>
#include <string>
#include <utility>

namespace afk::loop {

// People of one issue whose permission is asked for; further ones stay unknown, so that a crowd costs nothing.
inline constexpr std::size_t most_people_of_an_issue = 20;

class People {
 public:
  // `permissions` outlives it.
  explicit People(Permissions& permissions) : permissions_(permissions) {}

  void forget() { known_.clear(); }

  // One batch; whoever is known already is not asked about again. What cannot be read is remembered as `unknown`.
  void ask(std::span<const PermissionQuery> queries);

  // Lets the forge answer early (port/permissions.hpp).
  void expect(std::span<const PermissionQuery> queries);

  [[nodiscard]] Permission recall(const RepositoryName& repository, const Actor& actor) const;

 private:
  using Key = std::pair<std::string, std::string>; // repository in lower case, the actor's id

  [[nodiscard]] std::vector<PermissionQuery> leave_known_out(std::span<const PermissionQuery> queries) const;

  Permissions& permissions_;
  std::map<Key, Permission> known_;
};

} // namespace afk::loop

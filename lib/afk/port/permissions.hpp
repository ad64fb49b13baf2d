#pragma once
// What people may do in a repository now, by the forge's own word.

#include <afk/core/ids.hpp>
#include <afk/core/issue.hpp>
#include <afk/core/result.hpp>
#include <afk/core/trust.hpp>

#include <span>
#include <vector>

namespace afk {

struct PermissionQuery {
  RepositoryName repository;
  Actor actor;
};

class Permissions {
 public:
  virtual ~Permissions() = default;

  // Answers in the order asked. `unknown` where the forge does not tell (a token without the right to ask): that is no
  // error and never trust. Somebody who has no access is `none`. The forge's answer counts only if it is about the same
  // numeric id, because a login can be registered anew.
  virtual std::vector<Result<Permission>> fetch(std::span<const PermissionQuery> queries) = 0;

  // Says what will be asked in a moment, so that a forge may ask it together with whatever it is asked before that.
  virtual void expect(std::span<const PermissionQuery>) {}
};

} // namespace afk

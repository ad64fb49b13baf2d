#pragma once
// What an issue waits for: the dependencies that GitHub knows and the "Blocked by" lines of its text, each once.

#include <afk/adapter/github_issue_codec.hpp>
#include <afk/core/issue.hpp>

#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace afk::adapter {

// What the text of an issue names. A reference that means nothing stands there as number 0, which is missing.
[[nodiscard]] std::vector<IssueRef> derive_named_blockers(const RepositoryName& home, std::string_view body);

// The state of a blocker that the text of `issue` names; one whose own text names `issue` is cyclic while it is open.
[[nodiscard]] Blocker derive_named_blocker(const IssueRef& issue, const GithubNamedIssue& named);

// One blocker for each issue: what GitHub knows goes before what the text says.
[[nodiscard]] std::vector<Blocker> join_blockers(std::vector<Blocker> native, std::span<const Blocker> named);

} // namespace afk::adapter

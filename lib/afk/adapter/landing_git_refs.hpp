#pragma once
// What a mirror remembers of one attempt of a run: where its branch began, and which heads were kept to be published.

#include <afk/adapter/workspace.hpp>
#include <afk/adapter/workspace_mirror.hpp>
#include <afk/port/landing.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>

namespace afk::adapter {

struct AttemptRefs {
  std::optional<FetchedBase> start;
  std::set<std::string> heads;             // of the run's branch
  std::set<std::string> candidates;        // what would land, or has landed
  std::set<std::string> pushed;            // to the run's branch
  std::map<std::string, std::string> onto; // by candidate: the base's head that it was pushed onto
};

// Everything is empty where there is no mirror.
Result<AttemptRefs> read_attempt_refs(Mirror& mirror, const AttemptName& attempt);

[[nodiscard]] std::string derive_kept_head_prefix(const AttemptName& attempt);      // refs/afk/<attempt>/head/
[[nodiscard]] std::string derive_kept_candidate_prefix(const AttemptName& attempt); // refs/afk/<attempt>/candidate/
[[nodiscard]] std::string derive_pushed_prefix(const AttemptName& attempt);         // refs/afk/<attempt>/pushed/
[[nodiscard]] std::string derive_onto_prefix(const AttemptName& attempt);           // refs/afk/<attempt>/onto/

[[nodiscard]] AttemptName derive_attempt(const WorkQuery& query);
[[nodiscard]] Mirror derive_mirror(Git& git, const WorkspaceLayout& layout, const RepositoryName& repository);

} // namespace afk::adapter

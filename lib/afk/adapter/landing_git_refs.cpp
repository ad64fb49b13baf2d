#include <afk/adapter/landing_git_refs.hpp>

#include <afk/adapter/workspace_clone.hpp>

namespace afk::adapter {

std::string derive_kept_head_prefix(const AttemptName& attempt) {
  return derive_attempt_prefix(attempt) + "head/";
}

std::string derive_kept_candidate_prefix(const AttemptName& attempt) {
  return derive_attempt_prefix(attempt) + "candidate/";
}

std::string derive_pushed_prefix(const AttemptName& attempt) {
  return derive_attempt_prefix(attempt) + "pushed/";
}

std::string derive_onto_prefix(const AttemptName& attempt) {
  return derive_attempt_prefix(attempt) + "onto/";
}

AttemptName derive_attempt(const WorkQuery& query) {
  return {.run = query.run, .redispatch = query.redispatch};
}

Mirror derive_mirror(Git& git, const WorkspaceLayout& layout, const RepositoryName& repository) {
  return {git, {.folder = layout.mirror(repository), .lock = layout.mirror_lock(repository)}};
}

Result<AttemptRefs> read_attempt_refs(Mirror& mirror, const AttemptName& attempt) {
  AttemptRefs found;
  if (mirror.find() == Mirror::Presence::absent) {
    return found;
  }
  const auto refs = mirror.list_refs(derive_attempt_prefix(attempt));
  if (!refs.ok()) {
    return refs.error();
  }
  const std::string start = derive_start_prefix(attempt);
  const std::string onto = derive_onto_prefix(attempt);
  for (const auto& ref : *refs) {
    if (ref.name.starts_with(start)) {
      found.start = FetchedBase{.branch = ref.name.substr(start.size()), .head = ref.head};
    } else if (ref.name.starts_with(derive_kept_head_prefix(attempt))) {
      found.heads.insert(ref.head);
    } else if (ref.name.starts_with(derive_kept_candidate_prefix(attempt))) {
      found.candidates.insert(ref.head);
    } else if (ref.name.starts_with(derive_pushed_prefix(attempt))) {
      found.pushed.insert(ref.head);
    } else if (ref.name.starts_with(onto)) {
      found.onto.emplace(ref.name.substr(onto.size()), ref.head);
    }
  }
  return found;
}

} // namespace afk::adapter

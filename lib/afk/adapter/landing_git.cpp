#include <afk/adapter/landing_git.hpp>

#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/landing_git_descent.hpp>
#include <afk/adapter/landing_git_inspect.hpp>
#include <afk/adapter/landing_git_merge.hpp>
#include <afk/adapter/landing_git_push.hpp>
#include <afk/adapter/landing_git_refs.hpp>
#include <afk/adapter/landing_git_scratch.hpp>
#include <afk/adapter/workspace_clone.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace afk::adapter {
namespace {

Error moved(const WorkEvidence& evidence, std::string_view what) {
  return Error{
      .kind = ErrorKind::conflict,
      .message = fmt::format("{} since {} was verified: look again", what, quote_for_display(evidence.candidate_head))};
}

Result<void> check_evidence(const WorkEvidence& evidence) {
  if (!is_object_id(evidence.candidate_head) || !is_object_id(evidence.run_head) || !is_object_id(evidence.base_head)) {
    return Error{.kind = ErrorKind::refused, .message = "there is no head that could land"};
  }
  return check_branch_name(evidence.base_branch);
}

RepositorySource source_of(const LandingRepository& repository, const WorkEvidence& evidence) {
  RepositorySource source = repository.source;
  source.base = evidence.base_branch;
  return source;
}

} // namespace

LandingGit::LandingGit(Git& git, Workspace& workspace, LandingGitSettings settings)
    : git_(git), workspace_(workspace), settings_(std::move(settings)) {}

std::vector<Result<WorkEvidence>> LandingGit::inspect(std::span<const WorkQuery> queries) {
  return inspect_work({.git = git_, .workspace = workspace_, .settings = settings_}, queries);
}

std::vector<Result<Descent>> LandingGit::compare(std::span<const DescentQuery> queries) {
  return compare_commits({.git = git_, .workspace = workspace_, .settings = settings_}, queries);
}

Result<std::string> LandingGit::fetch_base_head(const RepositoryName& repository) {
  const auto found = settings_.find_repository(repository);
  if (!found.ok()) {
    return found.error();
  }
  auto base = workspace_.look_at_base(found->source);
  return base.ok() ? Result<std::string>(std::move(base->head)) : std::move(base).error();
}

Result<void> LandingGit::keep_candidate(const WorkQuery& query, const WorkEvidence& evidence) {
  if (auto checked = check_evidence(evidence); !checked.ok()) {
    return checked;
  }
  const auto repository = settings_.find_repository(query.issue.repository);
  if (!repository.ok()) {
    return repository.error();
  }
  Mirror mirror = derive_mirror(git_, workspace_.layout(), query.issue.repository);
  const auto refs = read_attempt_refs(mirror, derive_attempt(query));
  if (!refs.ok()) {
    return refs.error();
  }
  if (refs->candidates.contains(evidence.candidate_head) && refs->heads.contains(evidence.run_head)) {
    return {};
  }
  const auto base = workspace_.fetch_base(source_of(*repository, evidence));
  if (!base.ok()) {
    return base.error();
  }
  const auto on_base =
      find_ancestry(git_, {.place = mirror.place(), .ancestor = evidence.base_head, .descendant = base->head});
  if (!on_base.ok() || *on_base != Ancestry::ancestor) {
    return moved(evidence, fmt::format("{} was rewritten", evidence.base_branch));
  }
  if (auto imported = import_candidate(query, evidence, *repository); !imported.ok()) {
    return imported;
  }
  const auto attempt = derive_attempt(query);
  const auto lock = mirror.lock();
  if (!lock.ok()) {
    return lock.error();
  }
  return mirror.set_refs(
      std::array{MirrorRef{.name = derive_kept_head_prefix(attempt) + evidence.run_head, .head = evidence.run_head},
                 MirrorRef{.name = derive_kept_candidate_prefix(attempt) + evidence.candidate_head,
                           .head = evidence.candidate_head}});
}

// Brings the run's head into the mirror and makes the candidate there again: it must come out the same.
Result<void> LandingGit::import_candidate(const WorkQuery& query, const WorkEvidence& evidence,
                                          const LandingRepository& repository) {
  auto scratch = ScratchFolder::create(settings_.scratch_root);
  if (!scratch.ok()) {
    return std::move(scratch).error();
  }
  auto folder = scratch->create_folder("import");
  if (!folder.ok()) {
    return std::move(folder).error();
  }
  const Mirror mirror = derive_mirror(git_, workspace_.layout(), query.issue.repository);
  if (auto imported = import_commit(git_, {.clone = workspace_.layout().clone(derive_attempt(query)),
                                           .head = evidence.run_head,
                                           .mirror_objects = mirror.objects(),
                                           .scratch = std::move(folder).value(),
                                           .into = mirror.place(),
                                           .limits = settings_.import_limits});
      !imported.ok()) {
    return imported;
  }
  const auto merged = derive_merge(git_, {.place = mirror.place(),
                                          .base_head = evidence.base_head,
                                          .base_branch = evidence.base_branch,
                                          .run_head = evidence.run_head,
                                          .run_branch = query.branch,
                                          .run = query.run});
  if (!merged.ok()) {
    return merged.error();
  }
  const std::string& candidate = repository.landing == LandingMode::push ? merged->candidate_head : evidence.run_head;
  if (merged->commits == 0 || candidate != evidence.candidate_head) {
    return moved(evidence, "what would land changed");
  }
  return {};
}

Result<void> LandingGit::push(const WorkQuery& query, const WorkEvidence& evidence) {
  if (auto kept = keep_candidate(query, evidence); !kept.ok()) {
    return kept;
  }
  const auto repository = settings_.find_repository(query.issue.repository);
  if (!repository.ok()) {
    return repository.error();
  }
  const auto remote = derive_remote(repository->source);
  if (!remote.ok()) {
    return remote.error();
  }
  const bool onto_base = repository->landing == LandingMode::push;
  const PushOrder order{.mirror = workspace_.layout().mirror(query.issue.repository),
                        .remote = *remote,
                        .branch = onto_base ? evidence.base_branch : query.branch,
                        .expected = onto_base ? evidence.base_head : evidence.branch_head,
                        .head = evidence.candidate_head};
  const auto before = look_at_remote(git_, *remote, std::array{order.branch});
  if (!before.ok()) {
    return before.error();
  }
  const auto prepared = onto_base ? prepare_base_push(query, evidence) : check_branch_push(query, *before, order);
  if (!prepared.ok()) {
    return prepared;
  }
  if (!before->heads.contains(order.branch) || before->heads.at(order.branch) != order.head) {
    if (auto pushed = push_and_read_back(order); !pushed.ok()) {
      return with_context(render_repository_name(query.issue.repository), std::move(pushed).error());
    }
  }
  if (onto_base) {
    return {};
  }
  return remember(query, derive_pushed_prefix(derive_attempt(query)) + order.head, order.head);
}

// Only forward, and what the base was before is remembered: its checks tell whose fault a red one is.
Result<void> LandingGit::prepare_base_push(const WorkQuery& query, const WorkEvidence& evidence) {
  const Mirror mirror = derive_mirror(git_, workspace_.layout(), query.issue.repository);
  const auto forward = find_ancestry(
      git_, {.place = mirror.place(), .ancestor = evidence.base_head, .descendant = evidence.candidate_head});
  if (!forward.ok() || *forward != Ancestry::ancestor) {
    return moved(evidence, fmt::format("{} does not follow {}", evidence.candidate_head, evidence.base_branch));
  }
  return remember(query, derive_onto_prefix(derive_attempt(query)) + evidence.candidate_head, evidence.base_head);
}

// What stands on the run's branch may be replaced where it is part of the new head, or where afk pushed it.
Result<void> LandingGit::check_branch_push(const WorkQuery& query, const RemoteBranches& before,
                                           const PushOrder& order) {
  if (order.expected.empty() || (before.heads.contains(order.branch) && before.heads.at(order.branch) == order.head)) {
    return {};
  }
  Mirror mirror = derive_mirror(git_, workspace_.layout(), query.issue.repository);
  const auto refs = read_attempt_refs(mirror, derive_attempt(query));
  if (!refs.ok()) {
    return refs.error();
  }
  if (refs->pushed.contains(order.expected) || refs->heads.contains(order.expected)) {
    return {};
  }
  const auto forward =
      find_ancestry(git_, {.place = mirror.place(), .ancestor = order.expected, .descendant = order.head});
  if (forward.ok() && *forward == Ancestry::ancestor) {
    return {};
  }
  return Error{.kind = ErrorKind::refused,
               .message = fmt::format("somebody else put commits onto {}, which a push would take away: merge them "
                                      "into the run's work, or delete the branch",
                                      order.branch)};
}

Result<void> LandingGit::push_and_read_back(const PushOrder& order) {
  auto pushed = push_commit(git_, order);
  if (pushed.ok()) {
    return {};
  }
  // The answer may have been lost after the ref had moved: look before anybody thinks of doing it again.
  const auto after = look_at_remote(git_, order.remote, std::array{order.branch});
  if (after.ok() && after->heads.contains(order.branch) && after->heads.at(order.branch) == order.head) {
    return {};
  }
  return pushed;
}

Result<void> LandingGit::remember(const WorkQuery& query, std::string name, std::string head) {
  Mirror mirror = derive_mirror(git_, workspace_.layout(), query.issue.repository);
  const auto lock = mirror.lock();
  if (!lock.ok()) {
    return lock.error();
  }
  return mirror.set_refs(std::array{MirrorRef{.name = std::move(name), .head = std::move(head)}});
}

} // namespace afk::adapter

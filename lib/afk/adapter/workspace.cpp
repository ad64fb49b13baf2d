#include <afk/adapter/workspace.hpp>

#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/workspace_clone.hpp>
#include <afk/adapter/workspace_mirror.hpp>
#include <afk/core/check.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <system_error>
#include <utility>

namespace afk::adapter {
namespace {

std::string attempt_text(const AttemptName& attempt) {
  return derive_attempt_name(attempt.run, attempt.redispatch);
}

Mirror mirror_of(Git& git, const WorkspaceLayout& layout, const RepositoryName& repository) {
  return {git, {.folder = layout.mirror(repository), .lock = layout.mirror_lock(repository)}};
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

// A fetch that is cut off begins anew the next time, so that patience alone does not help.
Error derive_fetch_error(Error error) {
  if (error.kind == ErrorKind::unreachable) {
    error.message +=
        "; the first fetch of a large repository may need a longer limits.tick_deadline, of which one step "
        "gets a third";
  }
  return error;
}

// A base release/1 cannot stand beside an earlier base release: git keeps refs as files and folders.
Result<void> clear_way(Mirror& mirror, const MirrorRef& wanted) {
  const auto refs = mirror.list_refs(derive_mirror_base_ref(""));
  if (!refs.ok()) {
    return refs.error();
  }
  for (const auto& ref : *refs) {
    if (ref.name.starts_with(wanted.name + "/") || wanted.name.starts_with(ref.name + "/")) {
      if (auto deleted = mirror.delete_refs(std::array{ref}); !deleted.ok()) {
        return deleted;
      }
    }
  }
  return {};
}

// Brings the mirror to what the remote was seen to have.
Result<void> bring_base(Mirror& mirror, const GitRemote& remote, const FetchedBase& base) {
  const MirrorRef wanted{.name = derive_mirror_base_ref(base.branch), .head = base.head};
  if (mirror.find() == Mirror::Presence::present) {
    const auto refs = mirror.list_refs(wanted.name);
    if (refs.ok() && !refs->empty() && refs->front() == wanted) {
      return {};
    }
  }
  const auto lock = mirror.lock();
  if (!lock.ok()) {
    return lock.error();
  }
  if (auto created = mirror.create_if_absent(derive_object_format(base.head)); !created.ok()) {
    return created;
  }
  if (auto fetched = mirror.fetch({.remote = remote, .head = base.head}); !fetched.ok()) {
    return derive_fetch_error(std::move(fetched).error());
  }
  if (auto cleared = clear_way(mirror, wanted); !cleared.ok()) {
    return cleared;
  }
  return mirror.set_refs(std::array{wanted});
}

// The start of an attempt as its first preparation noted it; nothing before that.
Result<std::optional<FetchedBase>> find_start(Mirror& mirror, const AttemptName& attempt) {
  const std::string prefix = derive_start_prefix(attempt);
  const auto refs = mirror.list_refs(prefix);
  if (!refs.ok()) {
    return refs.error();
  }
  if (refs->empty()) {
    return std::optional<FetchedBase>();
  }
  const auto& ref = refs->front();
  return std::optional(FetchedBase{.branch = ref.name.substr(prefix.size()), .head = ref.head});
}

// Written before the clone exists, where the agent cannot reach it: what counts as a run's own commit depends on it.
Result<void> note_start(Mirror& mirror, const AttemptName& attempt, const FetchedBase& base) {
  const auto lock = mirror.lock();
  if (!lock.ok()) {
    return lock.error();
  }
  const auto old = mirror.list_refs(derive_start_prefix(attempt));
  if (!old.ok()) {
    return old.error();
  }
  const MirrorRef wanted{.name = derive_start_prefix(attempt) + base.branch, .head = base.head};
  for (const auto& ref : *old) {
    if (ref.name != wanted.name) {
      if (auto deleted = mirror.delete_refs(std::array{ref}); !deleted.ok()) {
        return deleted;
      }
    }
  }
  return mirror.set_refs(std::array{wanted});
}

} // namespace

WorkspaceLayout::WorkspaceLayout(std::filesystem::path root) : root_(std::move(root)) {
  check(root_.is_absolute(), "the workspace root is an absolute path");
}

std::filesystem::path WorkspaceLayout::mirror(const RepositoryName& repository) const {
  return root_ / "mirrors" / fold_ascii(repository.owner) / (fold_ascii(repository.name) + ".git");
}

std::filesystem::path WorkspaceLayout::mirror_lock(const RepositoryName& repository) const {
  return root_ / "mirrors" / fold_ascii(repository.owner) / (fold_ascii(repository.name) + ".lock");
}

std::filesystem::path WorkspaceLayout::runs() const {
  return root_ / "runs";
}

std::filesystem::path WorkspaceLayout::run_folder(const AttemptName& attempt) const {
  return runs() / attempt_text(attempt);
}

std::filesystem::path WorkspaceLayout::clone(const AttemptName& attempt) const {
  return run_folder(attempt) / "clone";
}

std::string derive_mirror_base_ref(std::string_view branch) {
  return fmt::format("refs/heads/{}", branch);
}

std::string derive_attempt_prefix(const AttemptName& attempt) {
  return fmt::format("refs/afk/{}/", attempt_text(attempt));
}

std::string derive_start_prefix(const AttemptName& attempt) {
  return derive_attempt_prefix(attempt) + "start/";
}

Result<GitRemote> derive_remote(const RepositorySource& source) {
  auto url = parse_git_url(source.clone_url);
  if (!url.ok()) {
    return with_context(render_repository_name(source.repository), std::move(url).error());
  }
  return GitRemote{.url = std::move(url).value(), .credential_file = source.push_credential_file};
}

Workspace::Workspace(Git& git, WorkspaceLayout layout) : git_(git), layout_(std::move(layout)) {}

Result<FetchedBase> Workspace::look_at_base(const RepositorySource& source) {
  const auto remote = derive_remote(source);
  if (!remote.ok()) {
    return remote.error();
  }
  const std::string name = render_repository_name(source.repository);
  const std::vector<std::string> branches = source.base.empty() ? std::vector<std::string>{} : std::vector{source.base};
  const auto look = look_at_remote(git_, *remote, branches);
  if (!look.ok()) {
    return with_context(name, look.error());
  }
  const std::string branch = source.base.empty() ? look->default_branch.value_or("") : source.base;
  const auto head = look->heads.find(branch);
  if (head != look->heads.end()) {
    return FetchedBase{.branch = head->first, .head = head->second};
  }
  if (source.base.empty()) {
    return Error{.kind = ErrorKind::not_found,
                 .message = fmt::format("{}: {} has no default branch with a commit on it; name one as base under "
                                        "[repositories.\"{}\"]",
                                        name, quote_for_display(source.clone_url), name)};
  }
  return Error{.kind = ErrorKind::not_found,
               .message = fmt::format("{}: {} has no branch {}", name, quote_for_display(source.clone_url),
                                      quote_for_display(source.base))};
}

Result<FetchedBase> Workspace::fetch_base(const RepositorySource& source) {
  auto base = look_at_base(source);
  if (!base.ok()) {
    return base;
  }
  const auto remote = derive_remote(source);
  if (!remote.ok()) {
    return remote.error();
  }
  Mirror mirror = mirror_of(git_, layout_, source.repository);
  if (auto brought = bring_base(mirror, *remote, *base); !brought.ok()) {
    return with_context(render_repository_name(source.repository), std::move(brought).error());
  }
  return base;
}

Result<PreparedClone> Workspace::prepare_clone(const CloneOrder& order) {
  if (auto checked = check_branch_name(order.branch); !checked.ok()) {
    return std::move(checked).error();
  }
  Mirror mirror = mirror_of(git_, layout_, order.source.repository);
  PreparedClone prepared{
      .folder = layout_.clone(order.attempt), .mirror = mirror.folder(), .base_branch = {}, .base_head = {}};
  if (is_there(prepared.folder)) {
    auto start = find_start(mirror, order.attempt);
    if (!start.ok()) {
      return std::move(start).error();
    }
    if (!start->has_value()) {
      return Error{.kind = ErrorKind::io,
                   .message = fmt::format("{} exists, but {} does not know where it began: the mirror was replaced",
                                          prepared.folder.string(), mirror.folder().string())};
    }
    prepared.base_branch = (*start)->branch;
    prepared.base_head = (*start)->head;
    return prepared;
  }
  const auto base = fetch_base(order.source);
  if (!base.ok()) {
    return base.error();
  }
  if (auto noted = note_start(mirror, order.attempt, *base); !noted.ok()) {
    return std::move(noted).error();
  }
  prepared.base_branch = base->branch;
  prepared.base_head = base->head;
  const ClonePlan plan{.mirror = mirror.folder(),
                       .destination = prepared.folder,
                       .head = base->head,
                       .branch = order.branch,
                       .base_branch = base->branch};
  if (auto built = build_clone(git_, plan); !built.ok()) {
    return std::move(built).error();
  }
  return prepared;
}

Result<void> Workspace::prepare_checkout(const CheckoutOrder& order) {
  if (is_there(order.destination)) {
    return {};
  }
  if (!is_object_id(order.head)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{} is not an object id", quote_for_display(order.head))};
  }
  const ClonePlan plan{.mirror = layout_.mirror(order.repository),
                       .destination = order.destination,
                       .head = order.head,
                       .branch = {},
                       .base_branch = {}};
  return build_clone(git_, plan);
}

} // namespace afk::adapter

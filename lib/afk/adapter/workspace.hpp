#pragma once
// Where afk keeps repositories on this machine, and how a run gets its own copy.
//
//   <root>/mirrors/<owner>/<name>.git   one bare mirror per repository, folded to lower case; its refs:
//       refs/heads/<base>                    the base as it was last fetched
//       refs/afk/<attempt>/start/<base>      where the attempt's branch began; written before the clone exists
//       refs/afk/<attempt>/candidate/<head>  a head that was kept to be verified and published (landing_git.hpp)
//   <root>/mirrors/<owner>/<name>.lock  taken (flock) by whoever changes the mirror's refs
//   <root>/runs/<attempt>/              belongs to the executor
//   <root>/runs/<attempt>/clone/        the attempt's private clone
//
// A clone borrows the mirror's objects through its alternates file, so a sandbox must show <mirror>/objects read-only
// at the same path. The mirror never forgets an object. Clones fetch from the mirror (remote "origin") and can push
// nowhere; other attempts' refs are hidden from them.
//
// Errors: those of git.hpp and file_lock.hpp; `configuration` for a clone_url or base that cannot be right.

#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace afk::adapter {

class Git;

// How a repository is reached, as configured.
struct RepositorySource {
  RepositoryName repository;
  std::string clone_url;                      // absolute path, file:///, https://, ssh:// or user@host:path
  std::string base;                           // "" = the remote's default branch
  std::filesystem::path push_credential_file; // empty = none; used for every contact with clone_url, by the tick alone
};

struct FetchedBase {
  std::string branch; // "main"
  std::string head;   // an object id that the mirror holds, with its history
};

struct CloneOrder {
  RepositorySource source;
  AttemptName attempt;
  std::string branch; // "afk/<issue>-<run8>"
};

struct PreparedClone {
  std::filesystem::path folder; // <root>/runs/<attempt>/clone
  std::filesystem::path mirror; // its objects are borrowed
  std::string base_branch;
  std::string base_head; // where the branch began
};

struct CheckoutOrder {
  RepositoryName repository;
  std::string head;                  // an object id of the mirror: a kept candidate
  std::filesystem::path destination; // absolute; its parent exists
};

// Paths alone; nothing here touches the disk.
class WorkspaceLayout {
 public:
  // An absolute path.
  explicit WorkspaceLayout(std::filesystem::path root);

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  [[nodiscard]] std::filesystem::path mirror(const RepositoryName& repository) const;
  [[nodiscard]] std::filesystem::path mirror_lock(const RepositoryName& repository) const;
  [[nodiscard]] std::filesystem::path runs() const;
  [[nodiscard]] std::filesystem::path run_folder(const AttemptName& attempt) const;
  [[nodiscard]] std::filesystem::path clone(const AttemptName& attempt) const;

 private:
  std::filesystem::path root_;
};

class Workspace {
 public:
  // `git` outlives the workspace.
  Workspace(Git& git, WorkspaceLayout layout);

  [[nodiscard]] const WorkspaceLayout& layout() const { return layout_; }

  // Creates the mirror if absent and brings its base to the remote's; one cheap request where nothing moved.
  Result<FetchedBase> fetch_base(const RepositorySource& source);

  // The base's head at the remote as it is now; writes nothing.
  Result<FetchedBase> look_at_base(const RepositorySource& source);

  // fetch_base, then the attempt's clone with the branch created from the base's head and checked out. The clone
  // appears by a rename, whole or not at all; one that exists is answered as it was prepared, without any contact with
  // the remote. Leftovers of a preparation that was killed are removed. The caller holds the attempt's lock.
  Result<PreparedClone> prepare_clone(const CloneOrder& order);

  // A fresh checkout of one head, detached, in the same manner; a destination that exists is left as it is.
  Result<void> prepare_checkout(const CheckoutOrder& order);

 private:
  Git& git_;
  WorkspaceLayout layout_;
};

// The head of a branch in a clone that an agent could write to: the ref's file is read, no git runs and nothing of the
// clone's configuration has effect. Nothing where the branch does not exist. Fails with `malformed` for a clone that
// was tampered with: links, a .git that is no folder, refs that are neither object ids nor of a sane size.
Result<std::optional<std::string>> read_branch_head(const std::filesystem::path& clone, std::string_view branch);

} // namespace afk::adapter

#pragma once
// The part of a T3 run that lies on a disk which server and afk share: a private clone with the run's branch, and the
// files of each order.
//
//   <workspace_root>/<owner>__<name>/            the project's own folder; no run works in it
//   <workspace_root>/mirrors/, runs/<attempt>/   as the process executor lays them out (workspace.hpp, run_folder.hpp),
//                                                so that landing, verify turns and the removal of old clones are its
//                                                own
//   <workspace_root>/runs/<attempt>/orders/<turn>/   files beside the prompt
//   <workspace_root>/runs/<attempt>/heads/<turn>     the branch's head when the turn was ordered
//
// Errors: those of workspace.hpp and run_folder.hpp.

#include <afk/adapter/executor_t3_text.hpp>
#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/port/executor.hpp>

#include <functional>
#include <string>

namespace afk::adapter {

class T3Workspace {
 public:
  using DeriveSource = std::function<Result<RepositorySource>(const RepositoryName&)>;

  // `workspace` outlives it.
  T3Workspace(Workspace& workspace, DeriveSource derive_source, Duration lock_patience);

  // Ticks of this machine that work on one run are one after the other.
  Result<FileLock> lock(const RunName& run);

  [[nodiscard]] T3Delivery derive_delivery(const Order& order) const;

  // Clone, files and the record of the head: each is there already or made now. Under the run's lock.
  Result<void> prepare(const Order& order, const std::string& project_root);

  // The heads before and after each turn, as far as they are known.
  void add_heads(AttemptView& view) const;

 private:
  Result<void> prepare_clone(const Order& order);
  Result<void> write_files(const Order& order);

  Workspace& workspace_;
  DeriveSource derive_source_;
  Duration lock_patience_;
};

} // namespace afk::adapter

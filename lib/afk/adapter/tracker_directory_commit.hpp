#pragma once
// Changes of one issue in the directory tracker, safe against other processes, a crash at any instruction, and a person
// who saves the same file meanwhile. tracker_directory_state.hpp tells how a change becomes visible.
//
// Every change first records what was edited by hand, so that the log keeps the order in which things happened. Errors:
// `not_found` (no such issue), `malformed` (its files are broken; nothing is written), `unreachable` (the lock is held
// by another process), `conflict` (somebody keeps saving the file), and those of file_system.hpp.

#include <afk/adapter/tracker_directory_files.hpp>
#include <afk/core/digest.hpp>
#include <afk/core/result.hpp>
#include <afk/port/clock.hpp>

#include <functional>
#include <string>
#include <vector>

namespace afk::adapter {

struct WriterContext {
  const Clock& clock;
  Random& random;
  const Digest& digest;
  std::string login; // who writes: `afk`, or the person for whom a tool acts
  Duration lock_patience = std::chrono::seconds(10);
};

// What is wanted, given the issue as it is under the lock. Only kind, label and closed_as are read; nothing wanted is
// an empty list.
using DeriveChange = std::function<std::vector<LogEntry>(const IssueView& issue)>;

// Answers the issue as it is afterwards.
Result<IssueView> commit_change(const OpenRepository& repository, std::int64_t number,
                                const DeriveChange& derive_change, const WriterContext& context);

} // namespace afk::adapter

#include <afk/adapter/executor_process_prune.hpp>

#include <afk/adapter/run_folder.hpp>

#include <optional>

#include <fcntl.h>
#include <sys/stat.h>

namespace afk::adapter {
namespace {

constexpr int forensics_factor = 10;
constexpr int deepest_opened = 200;

enum class Pruned : std::uint8_t { nothing, something };

// Package managers make their caches read-only, which keeps even their owner from emptying the folders.
void open_up_folders(const Folder& folder, std::string_view name, int depth) {
  if (depth > deepest_opened) {
    return;
  }
  // By name, since a folder that may not be read cannot be opened. A link is never followed out of the tree: what the
  // entry is was seen before, and no process of the run is left to exchange it.
  fchmodat(folder.descriptor(), std::string(name).c_str(), S_IRWXU, 0);
  const auto inner = folder.try_open_folder(name);
  if (!inner || !inner->has_value()) {
    return;
  }
  const auto entries = (*inner)->list();
  if (!entries) {
    return;
  }
  for (const FolderEntry& entry : *entries) {
    if (entry.kind == EntryKind::folder) {
      open_up_folders(**inner, entry.name, depth + 1);
    }
  }
}

// Whatever it is, and however its permissions are set.
Result<Pruned> remove_if_there(const Folder& folder, std::string_view name) {
  const auto kind = folder.try_kind(name);
  if (!kind) {
    return kind.error();
  }
  if (!kind->has_value()) {
    return Pruned::nothing;
  }
  if (**kind == EntryKind::folder) {
    open_up_folders(folder, name, 0);
  }
  if (auto removed = folder.remove_tree(name); !removed) {
    return std::move(removed).error();
  }
  return Pruned::something;
}

class AttemptPruning {
 public:
  AttemptPruning(const PruneOrder& order, const AttemptName& name) : order_(order), name_(name) {}

  Result<Pruned> run() {
    const auto attempt = AttemptFolder::try_open(order_.layout, name_);
    if (!attempt || !attempt->has_value()) {
      return attempt ? Result<Pruned>(Pruned::nothing) : Result<Pruned>(attempt.error());
    }
    const auto sealed = (*attempt)->folder().try_stamp(run_entry::sealed);
    if (!sealed || !sealed->has_value()) {
      return sealed ? Result<Pruned>(Pruned::nothing) : Result<Pruned>(sealed.error());
    }
    const std::chrono::nanoseconds sealed_ns((*sealed)->modified_ns);
    age_ = order_.clock.now() - Timestamp(std::chrono::floor<std::chrono::milliseconds>(sealed_ns));
    if (age_ < order_.keep) {
      return Pruned::nothing;
    }
    const auto lock = lock_run(order_.layout, name_.run, Duration(0));
    if (!lock) {
      return lock.error().kind == ErrorKind::unreachable ? Result<Pruned>(Pruned::nothing)
                                                         : Result<Pruned>(lock.error());
    }
    return prune(**attempt);
  }

 private:
  Result<Pruned> prune(const AttemptFolder& attempt) {
    const auto turns = attempt.list_turns();
    if (!turns) {
      return turns.error();
    }
    ProcessTable processes;
    for (const TurnName& turn : *turns) {
      const auto folder = attempt.try_open_turn(turn);
      if (!folder) {
        return folder.error();
      }
      if (!folder->has_value()) {
        continue;
      }
      const auto record = read_turn(**folder, turn, processes);
      if (!record) {
        return record.error();
      }
      if (record->state && is_live(*record->state)) {
        return Pruned::nothing;
      }
    }
    for (const std::string_view name : {run_entry::clone, run_entry::state}) {
      if (auto removed = remove(attempt.folder(), name); !removed) {
        return std::move(removed).error();
      }
    }
    if (age_ >= order_.keep * forensics_factor) {
      if (auto removed = remove(attempt.folder(), run_entry::turns); !removed) {
        return std::move(removed).error();
      }
      return pruned_;
    }
    for (const TurnName& turn : *turns) {
      const auto folder = attempt.try_open_turn(turn);
      if (!folder || !folder->has_value()) {
        continue;
      }
      if (auto removed = remove(**folder, turn_entry::checkout); !removed) {
        return std::move(removed).error();
      }
    }
    return pruned_;
  }

  Result<void> remove(const Folder& folder, std::string_view name) {
    const auto removed = remove_if_there(folder, name);
    if (!removed) {
      return removed.error();
    }
    pruned_ = *removed == Pruned::something ? Pruned::something : pruned_;
    return {};
  }

  const PruneOrder& order_;
  const AttemptName& name_;
  Duration age_{};
  Pruned pruned_ = Pruned::nothing;
};

} // namespace

PruneReport prune_runs(const PruneOrder& order) {
  PruneReport report;
  const auto attempts = list_attempts(order.layout);
  if (!attempts) {
    report.problems.push_back(attempts.error().message);
    return report;
  }
  for (const AttemptName& attempt : *attempts) {
    const auto pruned = AttemptPruning(order, attempt).run();
    if (!pruned) {
      report.problems.push_back(pruned.error().message);
    } else if (*pruned == Pruned::something) {
      report.pruned.push_back(attempt);
    }
  }
  return report;
}

} // namespace afk::adapter

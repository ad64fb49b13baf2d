#pragma once
// The watcher's reading: from the tracker, the executors and the repositories to one look per run, in stages of
// batches. Reads only; a dry run and a real tick read the same.

#include <afk/core/observation.hpp>
#include <afk/loop/tick_context.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::loop {

// What every executor answered this tick, by its table's name.
using ExecutorLooks = std::map<std::string, Result<ExecutorLook>>;

[[nodiscard]] ExecutorLooks look_at_executors(const TickContext& context);

// One run as this tick sees it.
struct RunLook {
  IssueRecord record;
  IssueHistory history;
  ArmingRecord arming;
  RepositorySettings settings;
  std::optional<FoundCard> found; // the card as it stands on the issue; nothing: it is rebuilt
  RunCard card;                   // its facts, or what can be rebuilt of them
  std::string executor;           // table name; "" where no configured executor can be the run's
  ExecutorEvidence evidence;
  LandingEvidence landing;
  ForgeObservation forge = {};
};

// Issues that carry afk's labels, or a live run, and what came of them.
struct RunLooks {
  TrackerHost host;
  Timestamp now; // the tracker's clock
  // Whose the attempts are that began in the last 24 hours at all executors, one entry for each.
  std::vector<RepositoryName> dispatched_today;
  std::vector<RunLook> runs;
  // Issues whose in-progress label is somebody else's lock: row 3, without a run to look at.
  std::vector<IssueRecord> foreign_locks;
  std::vector<ReportedError> errors;
};

// Fails only when the tracker itself cannot be read.
Result<RunLooks> look_at_runs(const TickContext& context);

// Runs of these issues alone, for `status` and `why`.
Result<RunLooks> look_at_runs_of(const TickContext& context, std::span<const IssueRef> issues);

} // namespace afk::loop

#pragma once
// The folder of a run at the process executor, and why at most one agent of a run is alive and every turn starts at
// most once, whoever is killed wherever.
//
//   <root>/executor-id                   who this executor is; written once
//   <root>/runs/<run>/lock               flock: the ticks' lock of the run, all its attempts included
//   <root>/runs/<run>/agent.lock         held by the supervisor whose turn is live
//   <root>/runs/<attempt>/run.json       issue, agent, branch, base
//   <root>/runs/<attempt>/sealed         concluded: no turn ever starts here again
//   <root>/runs/<attempt>/clone/         the agent's repository
//   <root>/runs/<attempt>/state/         its sessions, and links to its configuration, where it keeps any
//   <root>/runs/<attempt>/turns/<turn>/  appears whole, by a rename:
//       order.json  files/ (the prompt among them)  report/  checkout/ (verify turns)
//       proxy                            a socket, where a sandbox may reach a proxy alone
//       supervisor.lock                  held by the turn's supervisor as long as it lives
//       output.log
//       activity.json                    what its output says so far, where afk can read it
//       started                          the turn counts as started
//       stop                             the supervisor is asked to end the turn
//       ended.json                       no process of the turn is left
//
// A tick, under the run's lock:                       A supervisor, holding no tick's lock:
//   T1 sealed → refused                                 S1 takes supervisor.lock, else leaves
//   T2 started → adopted                                S2 started → leaves
//   T3 another turn of the run is live → conflict       S3 takes agent.lock, else leaves
//   T4 makes clone and turn folder, each by rename      S4 writes started by rename, and tells the tick
//   T5 spawns a supervisor, waits for S4                S5 sealed → writes ended.json, leaves
//                                                       S6 starts the agent, which dies with it
// conclude: C1 writes sealed, C2 asks every live turn to stop.
//
// - Two ticks of one run are one after the other. The second finds `started` (T2), or a turn that has none.
// - A turn without `started` has no agent and never had one, because S6 comes after S4. So it may be started again: by
//   T5 of the next tick (a tick was killed before T5, or the supervisor before S4).
// - Several supervisors of one turn (a tick was killed after T5; the next one spawned another): S1 lets one through at
// a
//   time, and who comes after it finds `started` (S2). One of them writes `started`, so S6 is reached at most once.
// - Supervisors of different turns of one run (one that was spawned long ago wakes up late): agent.lock (S3).
// - conclude and a start: S4 before S5 and C1 before C2. If C2 does not see the turn, `started` was written after that,
//   and S5 comes later still: it sees `sealed`. No agent starts, or C2 stops it.
// - The supervisor is killed after S4: its agent's first process dies with it. What that process left behind still
//   counts as the turn's (find_left_behind), and so the turn is running, not vanished, until it is gone; T3 holds.
// - A reboot: no lock is held and no process is left.
// - A redispatch seals the attempts before it, under the run's lock, so that a supervisor that comes late is stopped.
//
// The holders of both supervisor locks are asked, not their process numbers: a number may be reused, hidden or counted
// in another namespace. Numbers serve for signals alone, and only together with start time, boot and namespace.

#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/file_system.hpp>
#include <afk/adapter/process_identity.hpp>
#include <afk/adapter/run_folder_codec.hpp>
#include <afk/adapter/supervisor_lock.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace afk::adapter {

namespace run_entry {
inline constexpr std::string_view lock = "lock";
inline constexpr std::string_view agent_lock = "agent.lock";
inline constexpr std::string_view document = "run.json";
inline constexpr std::string_view sealed = "sealed";
inline constexpr std::string_view clone = "clone";
inline constexpr std::string_view state = "state";
inline constexpr std::string_view turns = "turns";
} // namespace run_entry

namespace turn_entry {
inline constexpr std::string_view document = "order.json";
inline constexpr std::string_view prompt = "prompt.md"; // in files/, beside the files it speaks of
inline constexpr std::string_view files = "files";
inline constexpr std::string_view report_folder = "report";
inline constexpr std::string_view report = "report.json";
inline constexpr std::string_view checkout = "checkout";
inline constexpr std::string_view review_state = "review"; // of a verify turn's reviewers
inline constexpr std::string_view proxy = "proxy";         // a socket, where the sandbox reaches a proxy alone
inline constexpr std::string_view supervisor_lock = "supervisor.lock";
inline constexpr std::string_view output = "output.log";
inline constexpr std::string_view activity = "activity.json";
inline constexpr std::string_view started = "started";
inline constexpr std::string_view stop = "stop";
inline constexpr std::string_view ended = "ended.json";
} // namespace turn_entry

// The processes of this machine, read when somebody asks for them, and once.
class ProcessTable {
 public:
  [[nodiscard]] const std::vector<ProcessStatus>& processes();

 private:
  std::optional<std::vector<ProcessStatus>> processes_;
};

// What is left of a turn whose supervisor is gone: processes of its session, and those that carry its name in
// AFK_TURN. Where the session's number may be somebody else's by now, only the name counts.
struct LeftBehind {
  std::vector<ProcessStatus> named; // AFK_TURN says so: these may be killed
  std::vector<ProcessStatus> other;

  [[nodiscard]] bool empty() const { return named.empty() && other.empty(); }
};

[[nodiscard]] LeftBehind find_left_behind(const TurnName& turn, const ProcessIdentity& supervisor, ProcessTable& table);

// A turn as its folder shows it.
struct TurnRecord {
  // Nothing: no supervisor has come for it yet; nobody but the next start needs to know about it.
  std::optional<TurnState> state;
  std::optional<StartedDocument> started;
  std::optional<EndedDocument> ended;
};

[[nodiscard]] bool is_live(TurnState state);

// Reads and judges a turn's folder. Fails with `malformed` for documents that were damaged, and `io`.
Result<TurnRecord> read_turn(const Folder& turn_folder, const TurnName& turn, ProcessTable& table);

Result<TurnDocument> read_turn_document(const Folder& turn_folder);

enum class Seal : std::uint8_t { open, concluded };

// One attempt's folder.
class AttemptFolder {
 public:
  // Absent: this attempt has no folder.
  static Result<std::optional<AttemptFolder>> try_open(const WorkspaceLayout& layout, const AttemptName& attempt);
  static Result<AttemptFolder> open_or_create(const WorkspaceLayout& layout, const AttemptName& attempt);

  [[nodiscard]] const AttemptName& attempt() const { return attempt_; }

  [[nodiscard]] const Folder& folder() const { return folder_; }

  [[nodiscard]] Result<Seal> read_seal() const;
  [[nodiscard]] Result<void> seal() const; // idempotent; needs no lock

  [[nodiscard]] Result<std::optional<RunDocument>> try_read_run() const;

  // Absent: no turn was ever made here.
  [[nodiscard]] Result<std::optional<Folder>> try_open_turns() const;

  // In no order; turns that are still being made are left out.
  [[nodiscard]] Result<std::vector<TurnName>> list_turns() const;

  [[nodiscard]] Result<std::optional<Folder>> try_open_turn(const TurnName& turn) const;

 private:
  AttemptFolder(AttemptName attempt, Folder folder) : attempt_(std::move(attempt)), folder_(std::move(folder)) {}

  AttemptName attempt_;
  Folder folder_;
};

// Every attempt that has a folder, in no order; empty where there is no workspace yet.
Result<std::vector<AttemptName>> list_attempts(const WorkspaceLayout& layout);

// The ticks' lock of a run; its folder is created where it is absent. Fails with `unreachable` past `patience`.
Result<FileLock> lock_run(const WorkspaceLayout& layout, const RunName& run, Duration patience);

} // namespace afk::adapter

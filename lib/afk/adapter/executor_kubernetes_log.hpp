#pragma once
// The log of a run in a cluster, and what follows from it. Pure.
//
// A run is a row of Jobs named <run name>-1, <run name>-2 and so on, in the order in which things happened to it:
//   turn   a work order; its pods do the work
//   stop   a turn was stopped: a Job without pods that remembers it, because stopping means deleting
//   seal   the attempt is concluded: a Job without pods
// An entry is made by creating the Job behind the last one that was seen. The name exists once, so of two ticks that
// want to go on from the same state one gets 409 and looks again: every start, stop and seal of a run has one order,
// and none is decided on a state that is out of date. Labels and annotations say what an entry is; all of a run is one
// list with a label selector.

#include <afk/adapter/kubernetes_codec.hpp>
#include <afk/core/agent_output.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/port/executor.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// Labels of every Job and pod; the first one selects everything of afk.
namespace job_label {
inline constexpr std::string_view managed_by = "app.kubernetes.io/managed-by"; // "afk"
inline constexpr std::string_view run = "afk/run";
inline constexpr std::string_view attempt = "afk/attempt";
inline constexpr std::string_view turn = "afk/turn";   // of turns and stops
inline constexpr std::string_view entry = "afk/entry"; // "turn", "stop" or "seal"
} // namespace job_label

// Annotations of a Job: what a label cannot hold.
namespace job_note {
inline constexpr std::string_view issue = "afk/issue"; // "owner/name#12"; nothing on the seal of a run that never began
inline constexpr std::string_view agent = "afk/agent";
inline constexpr std::string_view model = "afk/model";
inline constexpr std::string_view verify_head = "afk/verify-head";
inline constexpr std::string_view stopped_slot = "afk/stopped-slot"; // of stops
inline constexpr std::string_view started_at = "afk/started-at";     // of stops: when the turn had started
inline constexpr std::string_view head_before = "afk/head-before";   // of stops
} // namespace job_note

// Names of the containers of a turn's pod. Each runs to its end before the next one starts.
namespace pod_container {
inline constexpr std::string_view clone = "clone"; // brings the repository; holds the forge's token
inline constexpr std::string_view agent = "agent"; // works; holds neither that token nor the cluster's
inline constexpr std::string_view push = "push";   // publishes the branch; holds the forge's token
} // namespace pod_container

struct RunEntry {
  enum class Kind : std::uint8_t { turn, stop, seal };

  Kind kind = Kind::turn;
  int slot = 0; // 1 and up
  AttemptName attempt = {};
  TurnName turn = {};  // of turns and stops
  IssueRef issue = {}; // number 0 where it is not known
  std::string agent = {};
  std::string model = {};
  std::string verify_head = {};
  int stopped_slot = 0;                     // of a stop
  std::optional<Timestamp> started_at = {}; // of a stop
  std::string head_before = {};             // of a stop
  JobRecord job = {};
};

[[nodiscard]] std::string derive_job_name(const RunName& run, int slot); // at most 40 characters

// Fails with `malformed`: a Job that carries our label and is not ours.
Result<RunEntry> derive_log_entry(const JobRecord& job);

// By run and slot. Fails as derive_log_entry does.
Result<std::vector<RunEntry>> derive_log(std::span<const JobRecord> jobs);

// What is seen of one turn.
struct TurnSight {
  const RunEntry* entry = nullptr; // the turn, or the stop that stands for it
  const PodRecord* pod = nullptr;  // the newest one; absent when there is none
};

// The turns of one run as they are: a turn that is gone is shown by its stop; one that was lost and ordered again, by
// its newest entry at the place of its first. The sights point into both arguments.
[[nodiscard]] std::vector<TurnSight> derive_sights(std::span<const RunEntry> log, std::span<const PodRecord> pods);

// Everything but output and report's time of progress, which need the logs.
[[nodiscard]] TurnView derive_turn_view(const TurnSight& sight);

[[nodiscard]] bool is_turn_live(TurnState state);

// Whether the log says that no turn may start in the attempt: sealed, or a later redispatch began.
[[nodiscard]] bool is_concluded(std::span<const RunEntry> log, const AttemptName& attempt);

// Behind the last entry; 1 for an empty log.
[[nodiscard]] int derive_next_slot(std::span<const RunEntry> log);

// What an order means for a log.
struct StartPlan {
  enum class Action : std::uint8_t { create, adopt, refuse, conflict };

  Action action = Action::create;
  const RunEntry* adopted = nullptr; // of adopt: the turn, or the stop that stands for it
};

[[nodiscard]] StartPlan plan_start(std::span<const RunEntry> log, std::span<const PodRecord> pods, const Order& order);

// The end of a container's log whose lines carry times, as the server gives it with timestamps=true.
struct LogTail {
  std::string text; // without the times; hostile
  std::optional<Timestamp> last_at;
};

[[nodiscard]] LogTail parse_log_tail(std::string_view bytes);

// What an agent's program says in the log of its container, which has lines as parse_log_tail reads them.
[[nodiscard]] AgentActivity read_agent_log(std::string_view bytes, AgentOutput output, const TokenPrices& prices);

// Judges a turn that ended by itself once more, by its agent's own words: an exit code alone is not enough.
void add_activity(AgentOutput output, AgentActivity activity, TurnView& view);

} // namespace afk::adapter

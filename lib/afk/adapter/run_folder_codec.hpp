#pragma once
// The documents of a run's folder as bytes: what the tick writes for the supervisor, and what the supervisor writes for
// later ticks. Schema 1. Every parse_x fails with `malformed`; parse_x(render_x(v)) == v.
//
// Nothing in them is secret: the values of an agent's environment travel in the environment alone.

#include <afk/adapter/process_identity.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/core/agent_output.hpp>
#include <afk/core/attempt_view.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

inline constexpr std::size_t longest_run_document = 1 << 20; // bytes

// runs/<attempt>/run.json
struct RunDocument {
  IssueRef issue = {};
  std::string agent = {};
  std::string model = {};
  std::string branch = {};
  std::string base_branch = {}; // "" while no clone was prepared
  std::string base_head = {};   // where the branch began

  friend bool operator==(const RunDocument&, const RunDocument&) = default;
};

// One program of a turn. A turn runs its steps in order.
struct TurnStep {
  std::vector<std::string> argv = {}; // argv[0] is a path
  std::string standard_input = {};    // a path; "" = nothing to read
  std::string header = {};            // goes to the log before the output
  // Whether a non-zero exit code ends the turn, or nothing but this step.
  enum class Failure : std::uint8_t { ends_turn, ignored } failure = Failure::ends_turn;
  // Whether argv[0] is the agent (or a check) itself, or the sandbox around it, which must not die before it.
  enum class Child : std::uint8_t { itself, sandbox } child = Child::itself;
  std::optional<Duration> timeout = {}; // of this step alone; past it the step has failed
  // Runs when the step is over, however it ended, and removes what outlives a killed program: a container.
  std::vector<std::string> removal = {};
  // Anything but text is read while it comes, and says how the step went. Its standard error is kept apart then.
  AgentOutput output = AgentOutput::text;
  TokenPrices prices = {};
  // Of a reviewer: a step that prints any of these words has failed.
  std::vector<std::string> red_when = {};
  EnvironmentVariables variables = {};    // of this step alone
  std::vector<std::string> withheld = {}; // names of variables that this step does not get

  friend bool operator==(const TurnStep&, const TurnStep&) = default;
};

struct TurnLimits {
  Duration timeout{};        // of the whole turn
  Duration stop_grace{};     // between SIGTERM and SIGKILL
  Duration watch_interval{}; // how often the supervisor looks for stop requests
  std::int64_t output_bytes = 0;
  std::int64_t disk_bytes = 0; // of the measured folders together
  // What all processes of the turn use together. Empty: no limit, or somebody else keeps to it.
  std::optional<std::int64_t> memory_bytes = {};
  std::optional<int> processes = {};
  std::optional<int> processors = {}; // kept to by the cgroup alone
  std::string cgroup_parent = {};     // a delegated group, in which the supervisor makes the turn's; "" = there is none

  friend bool operator==(const TurnLimits&, const TurnLimits&) = default;
};

// runs/<attempt>/turns/<turn>/order.json: all that the supervisor knows.
struct TurnDocument {
  int sequence = 0; // 1 for the attempt's first turn
  TurnName turn = {};
  std::string agent = {};
  std::string branch = {};
  std::string verify_head = {};
  std::vector<TurnStep> steps = {};
  std::string working_folder = {};
  std::vector<std::string> measured_folders = {};
  EnvironmentVariables variables = {}; // beside those that the supervisor was started with
  TurnLimits limits = {};
  std::string proxy = {}; // "host:port", which the supervisor leads connections to; "" = none

  friend bool operator==(const TurnDocument&, const TurnDocument&) = default;
};

// turns/<turn>/started: the supervisor is there, and the turn counts as started, whatever happens to it.
struct StartedDocument {
  ProcessIdentity supervisor = {};
  Timestamp at = {};
  std::string head_before = {}; // "" where unknown

  friend bool operator==(const StartedDocument&, const StartedDocument&) = default;
};

// turns/<turn>/ended.json: written when no process of the turn is left.
struct EndedDocument {
  TurnOutcome outcome = TurnOutcome::failed;
  std::string reason = {};              // one sentence for people
  std::optional<int> exit_code = {};    // of the last step, where it exited
  std::optional<int> ended_signal = {}; // where a signal ended it
  std::optional<int> failed_step = {};  // its index
  Timestamp started_at = {};
  Timestamp ended_at = {};
  std::int64_t output_bytes = 0;
  int left_behind = 0;         // processes that outlived the turn's program and were killed
  std::string head_after = {}; // "" where unknown

  friend bool operator==(const EndedDocument&, const EndedDocument&) = default;
};

[[nodiscard]] std::string render_run_document(const RunDocument& document);
Result<RunDocument> parse_run_document(std::string_view bytes);

[[nodiscard]] std::string render_turn_document(const TurnDocument& document);
Result<TurnDocument> parse_turn_document(std::string_view bytes);

[[nodiscard]] std::string render_started_document(const StartedDocument& document);
Result<StartedDocument> parse_started_document(std::string_view bytes);

[[nodiscard]] std::string render_ended_document(const EndedDocument& document);
Result<EndedDocument> parse_ended_document(std::string_view bytes);

[[nodiscard]] std::string_view render_turn_outcome(TurnOutcome outcome); // "timed-out"
Result<TurnOutcome> parse_turn_outcome(std::string_view text);

} // namespace afk::adapter

#pragma once
// A run as its executor shows it: attempts (the run itself and its redispatches) and their turns, as values.

#include <afk/core/agent_report.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk {

enum class TurnState : std::uint8_t {
  starting,
  running,
  waiting,  // live, waits for a person
  ended,    // see TurnOutcome
  vanished, // was started, is not running, and left no ending: a crash, a reboot
  lost,     // was ordered, never started, and no process is on its way
};

enum class TurnOutcome : std::uint8_t {
  succeeded,    // the agent's own rules of success hold; a verify turn: every command passed
  failed,       // ended in error; a verify turn: a command failed
  interrupted,  // stopped by afk or by a person
  timed_out,    // the executor's own time limit
  output_limit, // the executor's output cap
  disk_limit,
  usage_limited, // the provider's limit; until `limited_until` where it told
};

struct TokenCount {
  std::int64_t input = 0; // cached ones included
  std::int64_t cached_input = 0;
  std::int64_t output = 0;

  friend bool operator==(const TokenCount&, const TokenCount&) = default;
};

// What an agent's own structured output says of a turn, as it comes: bounded, and every text in it clean. Measured by
// the agent's program instead of claimed by its model, but proof of nothing either.
struct AgentActivity {
  std::string session; // to go on with in a further turn; "" = none was named
  std::string step;    // what it does, one line
  std::string message; // what it said last, several lines
  int turns = 0;       // answers of the model
  int denials = 0;     // tools that it was not allowed to use
  TokenCount tokens;
  std::optional<double> cost_usd;
  enum class Counted : std::uint8_t { turn, session } counted = Counted::turn; // what tokens and cost are counted over
  enum class Result : std::uint8_t { none, success, error } result = Result::none;
  std::string problem; // what it says went wrong
  enum class Limit : std::uint8_t { none, reached } limit = Limit::none;
  std::optional<Timestamp> limited_until;
  int unreadable_lines = 0;               // too long, or in no format that is known
  std::optional<Timestamp> progressed_at; // the last sign of work: trying to connect again is none

  friend bool operator==(const AgentActivity&, const AgentActivity&) = default;
};

struct TurnView {
  TurnName turn;
  TurnKind kind = TurnKind::first;
  TurnState state = TurnState::starting;
  std::optional<TurnOutcome> outcome; // of an ended turn
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> ended_at;
  std::optional<Timestamp> last_progress_at; // newest output or report
  std::optional<Timestamp> limited_until;
  std::optional<AgentReport> report;     // validated; absent when there is none or it was refused
  std::string report_problem;            // why a report was refused
  std::optional<AgentActivity> activity; // of an agent whose output is read
  std::string question;                  // of a waiting turn (an ended one asks through its report)
  std::string request;                   // names what a waiting turn asks: 1 to 64 of a-z, 0-9; "" = it has no name
  std::string output_excerpt;            // the end of what it printed: hostile, bounded
  std::string verify_head;               // of a verify turn
  std::string head_before;               // the branch's head when the turn started; "" where unknown
  std::string head_after;                // when it ended
};

// One attempt of a run as the executor shows it.
struct AttemptView {
  AttemptName attempt;
  IssueRef issue;
  std::string agent;
  std::string model;
  std::vector<TurnView> turns; // in the order they were started
  enum class Conclusion : std::uint8_t { open, concluded } conclusion = Conclusion::open;
  std::string reference; // a link or path for people
};

} // namespace afk

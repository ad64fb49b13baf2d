#pragma once
// What runs agents. A run lives at an executor under its attempt name (ids.hpp: the run name, or "<run name>-r<k>" for
// redispatch k); its turns under their turn names. Everything is created if absent: starting a turn that exists is a
// success that is adopted, and starting one in a concluded run is `refused`.
//
// Errors: `unreachable` (cannot be asked now: never read as "vanished"), `refused` (permanent, with the reason),
// `conflict` (another turn of the run is live: look again), `malformed` (what it keeps of this run is damaged), `io`,
// `configuration`.

#include <afk/core/attempt_view.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/prompt_file.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk {

// A T3 environment id, a cluster uid, a host id: the card names it, and another identity is unreachable, never
// vanished.
struct ExecutorIdentity {
  std::string text; // 1 to 128 of [A-Za-z0-9:._-]

  friend auto operator<=>(const ExecutorIdentity&, const ExecutorIdentity&) = default;
};

// One work order: a turn to start. The same names always mean the same order.
struct Order {
  IssueRef issue;
  RunName run;
  int redispatch = 0;
  TurnName turn;
  TurnKind kind = TurnKind::first;
  std::string agent; // a name of the [agents] table; empty for verify turns
  std::string model;
  std::string branch; // "afk/<issue>-<run8>"
  std::string prompt; // what the agent reads on its standard input and as a file
  std::vector<PromptFile> files;
  // Verify turns: the head to check and the commands to run on it, in order, until one fails.
  std::string verify_head;
  std::vector<std::string> verify_commands;
};

enum class StartOutcome : std::uint8_t { created, adopted };

struct Started {
  StartOutcome outcome = StartOutcome::created;
  std::string reference; // a link or a log path for people
};

struct LiveAttempt {
  AttemptName attempt;
  IssueRef issue;
  std::string agent;
  std::string model;
};

// The beginning of an attempt: what the day's caps count.
struct RecentStart {
  IssueRef issue;
  Timestamp at;
};

struct ExecutorLook {
  ExecutorIdentity identity;
  std::vector<LiveAttempt> live;          // every attempt with a starting, running or waiting turn
  std::vector<RecentStart> recent_starts; // of the last 24 hours
};

// What a person said to what a waiting turn asks.
struct TurnAnswer {
  std::string request; // TurnView::request
  std::string text;
};

class Executor {
 public:
  virtual ~Executor() = default;

  // Who answers, and everything that lives there: one request, whatever the number of runs.
  virtual Result<ExecutorLook> look() = 0;

  // Answers in the order asked; nothing for an attempt that the executor does not know.
  virtual std::vector<Result<std::optional<AttemptView>>> observe(std::span<const AttemptName> attempts) = 0;

  virtual Result<Started> start(const Order& order) = 0;

  // `turn`: stops what is live, the run goes on. `conclude`: stops what is live and seals the attempt, so that no turn
  // ever starts in it again, also where none was ever started. Both are idempotent.
  enum class Stop : std::uint8_t { turn, conclude };
  virtual Result<void> interrupt(const AttemptName& attempt, Stop stop) = 0;

  // Hands an answer to a live turn that waits; `refused` where this executor's turns cannot take one (then a turn of
  // kind `answer` is ordered instead), `conflict` where it asks something else by now. A request that has its answer is
  // a success.
  virtual Result<void> answer(const AttemptName& attempt, const TurnAnswer& answer) = 0;
};

} // namespace afk

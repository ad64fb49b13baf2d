#pragma once
// What the poller has seen when it decides what to start: plain values, every one of them read before. The poller
// (loop/poller) fills it in; derive_dispatch_plan (dispatch_policy.hpp) reads nothing else.
//
// Everything defaults to the answer that starts nothing.

#include <afk/core/ids.hpp>
#include <afk/core/issue.hpp>
#include <afk/core/kill_switch.hpp>
#include <afk/core/time.hpp>
#include <afk/core/trust.hpp>
#include <afk/core/working_hours.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk {

// A list that was read whole, in part, or not at all. Only a whole one says that something is not there.
struct ListState {
  enum class State : std::uint8_t { complete, truncated, failed };

  State state = State::failed;
  std::string problem; // why it failed, for people
};

// Whether the gate of the allowlist is open for a repository. `other_id`: the name is listed with another id, as after
// a repository was renamed, transferred or created anew.
enum class AllowlistVerdict : std::uint8_t { not_listed, other_id, listed };

// The head of the base branch. `unmeasured`: nothing judges it, as where a tracker has no checks of its own.
enum class BaseState : std::uint8_t { unreadable, red, unmeasured, green };

enum class RedBasePolicy : std::uint8_t { hold, ignore };

// A run that an executor shows as live, by the arming's run name (redispatches included).
struct LiveRun {
  enum class Park : std::uint8_t { no, parked }; // parked: waits for a person, its slot is free

  IssueRef issue;
  RunName run;
  std::string agent;
  Park park = Park::no;
};

// Absent: no cap.
struct DispatchCaps {
  std::optional<int> per_tick;
  std::optional<int> in_flight;
  std::optional<int> per_day;
};

struct AgentCapacity {
  std::string name;
  int max_concurrent = 1;
};

// What the cards of an issue say about the run of its newest arming.
enum class CardKnowledge : std::uint8_t {
  unreadable,       // a card of the issue is damaged or of a newer schema: whose it is can not be told
  none,             // no card names the arming
  dispatch_failing, // nothing was started yet; does not stand in the way
  starting,         // written before a start, by a tick that may still be alive
  starting_overdue, // the same, and that tick is over: its start may or may not have arrived
  running,
  parked,
  ended,
};

// What the executor that the run would live at says of it. `cannot_tell`: it could not be asked, or it is not the
// executor that the card names.
enum class ExecutorKnowledge : std::uint8_t { cannot_tell, knows_run, never_heard };

// Whether a person put an end to what the arming asked for: took the in-progress label off after it, closed the issue,
// or put the human label on. An announced change by our own account is none.
enum class ArmingSpent : std::uint8_t { no, yes };

// Whether an earlier arming of the same issue exists: then no tick from before this one may be alive.
enum class EarlierArming : std::uint8_t { none, exists };

// The newest event that put the ready label on.
struct ArmingInput {
  ArmingId id;
  Timestamp time;
  EarlierArming earlier = EarlierArming::exists;
  ArmingSpent spent = ArmingSpent::no;
  ActorTrust labeler;
  ContentTrust content;
  RunName run; // the one run that this arming gives
  CardKnowledge card = CardKnowledge::unreadable;
  ExecutorKnowledge executor = ExecutorKnowledge::cannot_tell;
};

// Which agent would work: the one that a label, a rule or the default picked, or why none can.
struct RoutedAgent {
  std::string name;
  std::string model;  // "" = the agent's own
  std::string reason; // how it was picked, for people

  friend bool operator==(const RoutedAgent&, const RoutedAgent&) = default;
};

// One open issue that carries the ready label.
struct Candidate {
  IssueRef issue;
  std::string title; // hostile
  std::vector<std::string> labels;
  // Absent with a problem: the issue could not be read whole, so that nothing below is known.
  std::string record_problem;
  // The issue was not read, because it could not have been started anyway, and why.
  std::string left_unread;
  std::optional<ArmingInput> arming; // absent: no event says who put the ready label on
  std::string arming_problem;        // why, for people
  std::vector<Blocker> blockers;
  std::vector<IssueRef> open_sub_issues;
  std::optional<std::string> open_pull_request; // link to one for this issue that is not the run's own
  std::optional<RoutedAgent> agent;
  std::string agent_problem; // why none was chosen
  std::optional<Timestamp> cooldown_until;
};

struct RepositoryInput {
  RepositoryName repository;
  AllowlistVerdict allowlist = AllowlistVerdict::not_listed;
  ListState listing;                 // of its issues with the ready or the in-progress label
  std::vector<IssueRef> in_progress; // those with the in-progress label, ready or not
  int slots = 1;                     // how many runs it may have at a time
  HoursState hours = HoursState::closed;
  BaseState base = BaseState::unreadable;
  RedBasePolicy red_base = RedBasePolicy::hold;
  std::string base_problem; // what is red or could not be read
  std::vector<std::string> exclude_labels;
  std::vector<std::string> require_labels;
  int default_priority = 50;
  DispatchCaps caps; // counted within this repository
  int dispatches_in_a_day = 0;
  std::vector<Candidate> candidates;
};

// The labels that gates look for; compared without regard to case.
struct GateLabels {
  std::string in_progress = "agent-in-progress";
  std::string human = "ready-for-human";
  std::string question = "needs-info";
  std::string paused = "paused";
  std::string fixes_base = "fixes-base"; // passes the gate of a red base
};

struct PolicyInput {
  Timestamp now;             // the tracker's clock
  Duration tick_deadline{0}; // the longest that a tick may live
  KillSwitch kill_switch = KillSwitch::on;
  GateLabels labels;
  DispatchCaps caps; // over everything
  int dispatches_in_a_day = 0;
  int in_flight_elsewhere = 0; // runs in repositories that are not listed below
  std::vector<AgentCapacity> agents;
  ListState live_runs; // of the executors
  std::vector<LiveRun> live;
  std::vector<RepositoryInput> repositories;
};

} // namespace afk

#pragma once
// The run card: the one comment of a run on its issue. People read the checklist (phase_checklist.hpp); the program
// reads the hidden machine line at its end, which holds the facts below and a checksum over them.
//
// A card counts only if its author is our own account (the caller checks that) and its checksum fits: HMAC-SHA-256 where
// a key is configured, else SHA-256. parse_run_card(render_run_card(card, …), …) == card. A newer schema, a damaged or
// a forged line is `malformed`, and the run is then handed to a person, never restarted.

#include <afk/core/action.hpp>
#include <afk/core/digest.hpp>
#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

enum class CardState : std::uint8_t {
  dispatch_failing, // no agent was started yet; does not stand in the way of a dispatch
  starting,         // written before an executor without create-if-absent is asked
  running,
  parked, // waits for an answer; the slot is free
  ended,  // `ending` says how; the ending sequence may still be under way
};

// A turn that was ordered. Its name is derived from the run and these.
struct CardTurn {
  TurnKind kind = TurnKind::first;
  std::string cause;
  int ordinal = 0;
  Attempt attempt = Attempt::free;
  Timestamp ordered_at;

  friend bool operator==(const CardTurn&, const CardTurn&) = default;
};

struct CardInterrupt {
  InterruptCause cause = InterruptCause::stalled;
  TurnName turn;
  Timestamp at;

  friend bool operator==(const CardInterrupt&, const CardInterrupt&) = default;
};

enum class FirstSeen : std::uint8_t { // what the clocks of the decision table count from
  commit,
  red,
  unreachable,
  question,
  base_red,
  vanished,
  refused,
  hold,
  run,      // the first turn's start: what the run limit counts from
  dispatch_failing,
  checks,   // the head for which checks are waited for
  landed,   // merged or on the base
  complete, // green and waiting for a merge
};

// A doorbell: owed when the transition was written, rung when a notifier took it, given up past unreachable_after.
struct CardDoorbell {
  Ending kind = Ending::question;
  std::string transition; // with the run: the idempotency key
  std::string notifier;
  enum class State : std::uint8_t { owed, rung, given_up } state = State::owed;
  Timestamp since;

  friend bool operator==(const CardDoorbell&, const CardDoorbell&) = default;
};

// A label change that afk is about to make: what is not announced here was done by a person, whoever owns the account.
struct CardLabelChange {
  std::string label;
  enum class Target : std::uint8_t { on, off } target = Target::on;
  Timestamp at;

  friend bool operator==(const CardLabelChange&, const CardLabelChange&) = default;
};

struct RunCard {
  int schema = 1;
  std::string afk_version;
  RunName run;
  ArmingId arming;
  std::string executor_identity;
  std::string agent;
  std::string model;
  std::string content_hash;         // SHA-256 of the pinned title and body, hex
  std::string prompt_hash;          // SHA-256 of the first prompt, hex
  std::string template_version;     // of the prompt
  std::string configuration_digest; // SHA-256 of the effective settings of the repository, hex
  CardState state = CardState::running;
  std::optional<Ending> ending;
  std::string ending_reason; // one clean line for people
  std::map<FirstSeen, Timestamp> first_seen;
  std::string refused_answer; // what the other side said when it refused an action
  std::optional<CardInterrupt> interrupt;
  std::vector<CardTurn> turns;
  int redispatches = 0; // ordered so far
  std::optional<Timestamp> parked_until; // end of a provider's usage limit
  std::string checked_head;              // the head that FirstSeen::checks counts for
  std::vector<std::string> rerun_heads;
  double cost_usd = 0;
  std::vector<CardDoorbell> doorbells;
  std::vector<CardLabelChange> label_changes;
  std::string recorded_arming; // an arming by our own account that `requeue` made: counts as a person's

  friend bool operator==(const RunCard&, const RunCard&) = default;
};

// How cards are authenticated: no keys means a plain checksum; the first key signs, the others are still accepted.
struct CardKeys {
  std::vector<std::string> keys; // raw bytes

  friend bool operator==(const CardKeys&, const CardKeys&) = default;
};

// The hidden machine line alone: "<!-- afk-run-card/1 … -->", one line, no text from outside unescaped.
[[nodiscard]] std::string render_run_card(const RunCard& card, const CardKeys& keys, const Digest& digest);

// From a whole comment body. Absent: the comment is no card. Fails with `malformed` on two cards in one comment, a
// checksum that does not fit, a newer schema, an unknown or missing field.
Result<std::optional<RunCard>> parse_run_card(std::string_view comment_body, const CardKeys& keys, const Digest& digest);

} // namespace afk

#pragma once
// The run card: the one comment of a run on its issue. People read the checklist (phase_checklist.hpp); the program
// reads the hidden machine line at its end, which holds the facts below and a checksum over them.
//
// A card counts only if its author is our own account and the run name is the one that derive_run_name gives for this
// issue and the card's arming, so that a line copied to another issue is nobody's: the caller checks both. The checksum
// is checked here: HMAC-SHA-256 where a key is configured, else SHA-256. parse_run_card(render_run_card(card, …), …) is
// the card within its limits. A newer schema, a damaged or a forged line is `malformed`, and the run is then handed to
// a person, never restarted.

#include <afk/core/action.hpp>
#include <afk/core/digest.hpp>
#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstddef>
#include <cstdint>
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
  std::string cause; // at most 256 bytes
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
  run, // the first turn's start: what the run limit counts from
  dispatch_failing,
  checks,   // the head for which checks are waited for
  rerun,    // the newest of `rerun_heads` had its failed jobs started again
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
  std::string asked;          // which question FirstSeen::question counts for; "" where that is not noted
  std::string refused_answer; // what the other side said when it refused an action
  std::optional<CardInterrupt> interrupt;
  std::vector<CardTurn> turns;
  int forgotten_attempts = 0;            // counted turns that the list had no room for any more
  int redispatches = 0;                  // ordered so far
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

// A card never grows past this many bytes: what is longer is no card.
inline constexpr std::size_t longest_card_line = 16 * 1024;

// The card within its limits, as a card is written; applying it twice is applying it once. Texts are cut at a whole
// character: agent and template 64 bytes, model 128, executor identity, recorded arming and what is asked 128, the two
// reasons 360. Lists have an encoded size each, and what goes first is what is missed least:
//   turns         5 KiB: free ones before counted ones, the oldest first, never the first and the last turn
//   doorbells     2 KiB: settled ones before owed ones, the oldest first
//   label changes 2.5 KiB: repeated ones before the first of its label and target, the oldest first
//   re-run heads  1 KiB: the oldest first
// A cost that is no number or below zero becomes zero.
[[nodiscard]] RunCard bound_run_card(RunCard card);

// How many of the run's corrective attempts are used up.
[[nodiscard]] int derive_attempts_used(const RunCard& card);

// The hidden machine line alone: "<!-- afk-run-card/1 … -->", one line without a line feed, no text from outside
// unescaped. The card is written within its limits.
[[nodiscard]] std::string render_run_card(const RunCard& card, const CardKeys& keys, const Digest& digest);

// From a whole comment body, whose last line that is not blank must be the card's. Absent: no line begins like a card.
// Fails with `malformed` on two such lines in one comment, text behind the line, a checksum that does not fit, a newer
// schema, an unknown, missing or repeated field.
Result<std::optional<RunCard>> parse_run_card(std::string_view comment_body, const CardKeys& keys,
                                              const Digest& digest);

} // namespace afk

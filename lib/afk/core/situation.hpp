#pragma once
// What the decision table of the watcher looks at: one value per input, every clock already compared with its limit.
//
// `derive_situation` (observation.hpp) makes it from what was seen; `decide` (decide.hpp) reads nothing else.

#include <cstdint>

namespace afk {

struct Situation {
  // The issue itself. `gone`: deleted or transferred. `closed_after_landing`: this run's work is on the base.
  enum class Issue : std::uint8_t { open, closed, closed_after_landing, gone };
  // A person took the in-progress label off, or the ready label while that one was not on, put the human label on, or
  // closed the run's pull request unmerged.
  enum class Person : std::uint8_t { absent, took_over };
  enum class Lock : std::uint8_t { ours, foreign };
  enum class Arming : std::uint8_t { valid, voided };
  // The run's last turn of an agent, or a live verify turn (`running`).
  enum class Turn : std::uint8_t {
    unknown,          // the executor could not be read
    running,          // live and asks nothing (starting included)
    waiting,          // live and waits for a person
    blocked,          // ended with a BLOCKED report
    clean,            // ended without error, limit, open question and interrupt cause
    failed,           // ended otherwise
    limited,          // ended by the provider's usage limit, which is not over
    limit_over,       // ended by the provider's usage limit, which is over
    vanishing,        // vanished or its start lost, for less than turn_end_grace
    vanished,         // the same for longer, redispatches left
    vanished_for_good // the same, no redispatch left
  };
  // Which limit the live turn has passed; after it ended, the interrupt cause on the card.
  enum class Overrun : std::uint8_t { none, stalled, run_limit, budget };
  // The interrupt of the live turn: not on the card yet, on it for less than turn_end_grace, or for longer.
  enum class Interrupt : std::uint8_t { not_ordered, ordered, overdue };
  enum class Label : std::uint8_t { off, on };
  // The newest trusted, unedited answer to the question that the run asks.
  enum class Answer : std::uint8_t { none, trusted };
  enum class Reach : std::uint8_t { everything, something_missing, missing_too_long };
  // Whether the configured last stage, or a later one, is reached. `reached_uncleanly`: with landing = push by a run
  // whose last turn did not end cleanly.
  enum class Stage : std::uint8_t { before, reached, reached_uncleanly };
  enum class Landing : std::uint8_t { pull_request, push };
  enum class LastStage : std::uint8_t { review, checks, merged, deployed };
  enum class AutoMerge : std::uint8_t { off, on };
  // Commits of the run that are only in its workspace. `finished`: `afk` publishes that workspace and the last turn
  // ended cleanly.
  enum class Local : std::uint8_t { none, unfinished, finished };
  enum class Published : std::uint8_t { nothing, branch, draft, open, merged, on_base };
  // Does the run's newest head (or its pull request) conflict with the base?
  enum class Conflict : std::uint8_t { none, conflicting };
  // What QA, checks and deployment say of the head that would be acted on: the finished local one, else the published.
  // A finished head that cannot be merged with a moved base (landing = push) is red.
  enum class Verdict : std::uint8_t { missing, pending, green, red };
  // The same check elsewhere: nowhere red; red at the merge base only; red at the base's head too; that for too long.
  enum class BaseRed : std::uint8_t { no, at_merge_base, at_head, at_head_too_long };
  enum class Rerun : std::uint8_t { not_possible, possible };
  enum class Budget : std::uint8_t { left, out };
  // Less or more than turn_end_grace since the last turn ended.
  enum class Grace : std::uint8_t { over, running };
  // The clock of whatever is waited for in rows 22, 23, 25 and 26.
  enum class Patience : std::uint8_t { left, out };
  enum class Declared : std::uint8_t { nothing, nothing_to_do };
  enum class Protected : std::uint8_t { untouched, touched };
  // The poll gates that bind a redispatch.
  enum class Gates : std::uint8_t { pass, fail };
  // Kill switch, paused label, hours or the day's caps.
  enum class Hold : std::uint8_t { none, held };

  Issue issue = Issue::open;
  Person person = Person::absent;
  Lock lock = Lock::ours;
  Arming arming = Arming::valid;
  Turn turn = Turn::running;
  Overrun overrun = Overrun::none;
  Interrupt interrupt = Interrupt::not_ordered;
  Label question_label = Label::off;
  Answer answer = Answer::none;
  Reach reach = Reach::everything;
  Stage stage = Stage::before;
  Landing landing = Landing::push;
  LastStage last_stage = LastStage::checks;
  AutoMerge auto_merge = AutoMerge::off;
  Local local = Local::none;
  Published published = Published::nothing;
  Conflict conflict = Conflict::none;
  Verdict verdict = Verdict::missing;
  BaseRed base_red = BaseRed::no;
  Rerun rerun = Rerun::not_possible;
  Budget budget = Budget::left;
  Grace grace = Grace::over;
  Patience patience = Patience::left;
  Declared declared = Declared::nothing;
  Protected protected_paths = Protected::untouched;
  Gates gates = Gates::pass;
  Hold hold = Hold::none;

  friend bool operator==(const Situation&, const Situation&) = default;
};

} // namespace afk

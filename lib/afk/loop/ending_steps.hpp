#pragma once
// The two sequences that give an issue back to people: ending a run and parking it. Both are written so that any tick
// can pick them up where another one died: the card says first what will happen, every further step is idempotent, and
// the in-progress label, which makes the watcher look again, goes last.

#include <afk/core/ending.hpp>
#include <afk/core/message.hpp>
#include <afk/core/run_card.hpp>
#include <afk/loop/steps.hpp>
#include <afk/loop/tick_context.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::loop {

// What both sequences need to know of the run besides its card.
struct EndingFacts {
  IssueRef issue;
  std::string issue_title;
  std::string issue_url;
  IssueState issue_state = IssueState::open;
  std::vector<std::string> labels; // as they are now
  std::string executor;            // table name; "" where none is known
  std::vector<AttemptName> attempts;
  std::string question; // of a parked run
  std::string work_link;
  std::optional<PullRequests::BranchAtHead> merged_branch; // to be deleted when the run is done
  Timestamp now;
};

// Notes the ending on the card: how and why, the doorbells owed, the label changes to come. Nothing that the card notes
// already is noted twice.
[[nodiscard]] RunCard announce_ending(const TickContext& context, RunCard card, const EndingFacts& facts, Ending ending,
                                      std::string reason);

// The steps of an announced ending that are still to do.
[[nodiscard]] std::vector<Step> derive_ending_steps(const TickContext& context, const RunCard& card,
                                                    const EndingFacts& facts);

// `asked` (derive_asked): each question rings once.
[[nodiscard]] RunCard announce_parking(const TickContext& context, RunCard card, const EndingFacts& facts,
                                       const std::string& asked);

[[nodiscard]] std::vector<Step> derive_parking_steps(const TickContext& context, const RunCard& card,
                                                     const EndingFacts& facts);

// The card with doorbells given up that have failed for longer than `unreachable_after`.
[[nodiscard]] RunCard give_up_doorbells(RunCard card, Duration unreachable_after, Timestamp now);

} // namespace afk::loop

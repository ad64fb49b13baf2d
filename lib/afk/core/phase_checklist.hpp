#pragma once
// The comment of a run that people read: heading, state, checklist, facts, what to do, and at its end the machine line
// of run_card.hpp.
//
// Equal input gives equal bytes, and nothing in it changes with time alone: the comment is edited only when its text
// changes. So the caller fills `quiet_since` only once the agent has been quiet for long.

#include <afk/core/config.hpp>
#include <afk/core/phase.hpp>
#include <afk/core/run_card.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

// A link for people, or a path where the other side has no pages.
struct CardLink {
  std::string name; // "pull request"
  std::string target;

  friend bool operator==(const CardLink&, const CardLink&) = default;
};

// What the comment shows. The texts may be hostile.
struct CardView {
  RunCard card;
  IssueRef issue;
  PhaseView phases;
  LabelSettings labels;
  LandingPlan landing;
  int attempts_allowed = 0;
  double budget_usd = 0;                // shown beside the cost; 0: no budget
  std::optional<WaitReason> waiting;    // why the last look did nothing
  std::string waiting_detail;           // more about it, where more is known
  std::string question;                 // what the run asks; of a parked run
  std::string step;                     // what the agent said last about its work
  std::optional<Timestamp> quiet_since; // no sign of work since then
  std::vector<CardLink> links;
};

// `machine_line` as render_run_card wrote it for the same card.
[[nodiscard]] std::string render_card_comment(const CardView& view, std::string_view machine_line);

} // namespace afk

#pragma once
// The one place that changes anything: carries out the steps of one issue's plan, in order, each after a fresh look at
// the gates. A step that fails ends this issue's plan, never the tick.

#include <afk/core/phase_checklist.hpp>
#include <afk/loop/steps.hpp>
#include <afk/loop/tick_context.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::loop {

// A run while its steps are carried out; `view.card` changes as rings succeed and actions are refused.
struct RunInFlight {
  IssueRef issue;
  CardView view;
  std::string comment_id;   // "" until the card has a comment
  std::string comment_body; // as it stands on the issue
};

struct ApplyOutcome {
  enum class End : std::uint8_t {
    finished,
    held,        // the kill switch was on when work was about to start
    out_of_time, // the deadline is near, or the process was asked to stop
    failed,
  } end = End::finished;
  std::optional<Error> error;     // of failed
  std::optional<Step> failed_at;  // of failed
  std::optional<Started> started; // of the last StartTurn
  std::vector<Error> ring_errors; // doorbells that stay owed
  std::vector<Error> left_behind; // what could not be tidied up
};

[[nodiscard]] ApplyOutcome apply_steps(const TickContext& context, std::span<const Step> steps, RunInFlight& run);

// The comment as it would be written now.
[[nodiscard]] std::string render_comment(const TickContext& context, const CardView& view);

} // namespace afk::loop

#include <afk/core/message.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace afk {

namespace {

constexpr std::size_t longest_shown_line = 400;
constexpr std::size_t longest_shown_quote = 1500;
constexpr std::string_view cut = " …";

// What a person can do; see render_next_step.
enum class Remedy : std::uint8_t {
  none,
  review,
  answer,
  arm,                 // nothing stands in the way
  requeue,             // the cause is gone or was the agent's: start anew
  repair_then_requeue, // something outside the run has to be mended first
  finish_by_hand,      // the work is there, a person brings it home
};

struct EndingText {
  Ending ending = Ending::needs_human;
  std::string_view title;
  std::string_view headline;
  std::string_view advice; // what to look at first
  Remedy remedy = Remedy::requeue;
};

constexpr auto ending_texts = std::to_array<EndingText>({
    {Ending::done, "Landed", "The work has landed and the issue is closed.", "", Remedy::none},
    {Ending::review, "Ready for review", "The work is complete, its checks are green, and it waits for a review.",
     "Review the pull request and merge it; the issue closes with it.", Remedy::review},
    {Ending::question, "Question", "The agent asks a question; the run waits for the answer and holds no slot.", "",
     Remedy::answer},
    {Ending::frozen, "Frozen",
     "The checks are red and the attempts to repair them are used up; the broken commit stays where it is.",
     "Repair or revert the commit by hand.", Remedy::finish_by_hand},
    {Ending::needs_human, "Needs a person", "The run stopped without a result that can be used.",
     "Read the log of the last turn.", Remedy::requeue},
    {Ending::nothing_to_do, "Nothing to do", "The agent says that there is nothing to do and changed nothing.",
     "Close the issue if that is right, else say in it what is missing.", Remedy::requeue},
    {Ending::stalled, "Stalled", "The agent gave no sign of work for too long and was stopped.",
     "Read the log of the last turn.", Remedy::requeue},
    {Ending::run_limit, "Run limit", "The run took longer than its limit and was stopped.",
     "Make the issue smaller, or raise lifecycle.run_limit.", Remedy::requeue},
    {Ending::budget, "Budget used up", "The run cost more than its budget and was stopped.",
     "Make the issue smaller, or raise lifecycle.budget_usd.", Remedy::requeue},
    {Ending::trust, "Arming not trusted",
     "The arming does not count any more: the issue or its repository was changed after it.",
     "Read the issue as it is now, comments and hidden text included.", Remedy::requeue},
    {Ending::unreachable, "Unreachable", "Something that the run needs could not be reached for too long.",
     "Run `afk doctor`.", Remedy::repair_then_requeue},
    {Ending::conflict, "Conflict", "The work can not be brought together with the base branch.",
     "Bring the run's branch together with the base by hand.", Remedy::finish_by_hand},
    {Ending::base_red, "Base is red", "The checks fail on the base branch itself, and have done so for too long.",
     "Repair the base branch.", Remedy::repair_then_requeue},
    {Ending::ci_missing, "No checks", "No check has started for the commit of the run.",
     "Look whether the checks are switched on for this branch.", Remedy::repair_then_requeue},
    {Ending::no_verdict, "No verdict", "The checks of the commit did not come to an end in time.",
     "Look at the checks that hang.", Remedy::repair_then_requeue},
    {Ending::no_merge, "Not merged", "The work is green, but nobody merged it in time.",
     "Merge the pull request or close it.", Remedy::finish_by_hand},
    {Ending::no_deploy, "Not deployed", "The work has landed, but its deployment was not seen in time.",
     "Look at the deployment; the commit is on the base.", Remedy::finish_by_hand},
    {Ending::protected_path, "Protected path", "The work touches paths that afk neither pushes nor merges.",
     "Read these changes with care and land them by hand.", Remedy::finish_by_hand},
    {Ending::refused, "Refused", "The other side keeps refusing what the run needs.",
     "Mend what the answer names, permissions above all; `afk doctor` helps.", Remedy::repair_then_requeue},
    {Ending::dispatch_unknown, "Dispatch unknown", "It is not known whether an agent was started.",
     "Look at the executor: if an agent works on this issue, stop it there.", Remedy::repair_then_requeue},
    {Ending::dispatch_failed, "Dispatch failed", "No agent could be started.", "Run `afk doctor`.",
     Remedy::repair_then_requeue},
    {Ending::stood_down, "Stood down", "A person took the issue back; the run is over.", "", Remedy::arm},
});

const EndingText& text_of(Ending ending) {
  for (const EndingText& text : ending_texts) {
    if (text.ending == ending) {
      return text;
    }
  }
  return text_of(Ending::needs_human);
}

std::string render_requeue(const MessageFacts& facts, std::string_view opening) {
  return fmt::format("{} run `afk requeue {}`, or take the label `{}` off and put `{}` on again.", opening,
                     render_issue_ref(facts.issue), facts.labels.human, facts.labels.ready);
}

std::string render_remedy(Remedy remedy, const MessageFacts& facts) {
  switch (remedy) {
  case Remedy::none:
    return "Nothing is left to do.";
  case Remedy::review:
    return {};
  case Remedy::answer:
    return fmt::format("Answer in a comment on the issue, then take the label `{}` off.", facts.labels.question);
  case Remedy::arm:
    return fmt::format("To hand it to an agent again, run `afk requeue {}`, or put the label `{}` on again.",
                       render_issue_ref(facts.issue), facts.labels.ready);
  case Remedy::requeue:
    return render_requeue(facts, "To start a new run with fresh budgets,");
  case Remedy::repair_then_requeue:
    return render_requeue(facts, "Then, for a new run,");
  case Remedy::finish_by_hand:
    return render_requeue(facts, "To let an agent try once more instead,");
  }
  return {};
}

struct ActionExplainer {
  std::string operator()(const Wait& wait) const {
    return fmt::format("waits: {}", render_wait_explanation(wait.reason));
  }

  std::string operator()(const ReportForeignLock&) const {
    return "leaves the issue alone: somebody else put the in-progress label on";
  }

  std::string operator()(const Interrupt& interrupt) const {
    switch (interrupt.cause) {
    case InterruptCause::stalled:
      return "stops the agent: no sign of work for too long";
    case InterruptCause::run_limit:
      return "stops the agent: the run's time is used up";
    case InterruptCause::budget:
      return "stops the agent: the run's budget is used up";
    }
    return "stops the agent";
  }

  std::string operator()(const Park&) const { return "parks the run: it asks a question"; }

  std::string operator()(const OrderTurn& order) const {
    switch (order.kind) {
    case TurnKind::first:
      return "starts the agent";
    case TurnKind::fix:
      return "orders a fix: the checks are red";
    case TurnKind::rebase:
      return order.attempt == Attempt::free ? "has the branch brought up to the base, which was red itself"
                                            : "has the branch brought together with the base";
    case TurnKind::finish:
      return "has unfinished work finished";
    case TurnKind::answer:
      return "hands the answer to the agent";
    case TurnKind::redispatch:
      return "starts the agent again: it vanished without a commit";
    case TurnKind::verify:
      return "has the checks run";
    }
    return "orders a turn";
  }

  std::string operator()(const RepeatTurn&) const { return "starts the turn again: the provider's limit is over"; }

  std::string operator()(const Push&) const { return "publishes the work"; }

  std::string operator()(const OpenPullRequest& open) const {
    return open.state == PullRequestForm::ready ? "opens a pull request" : "opens a draft pull request";
  }

  std::string operator()(const RerunChecks&) const { return "has the failed checks run once more"; }

  std::string operator()(const MarkReady&) const { return "marks the pull request as ready"; }

  std::string operator()(const Merge&) const { return "merges the verified commit"; }

  std::string operator()(const End& end) const {
    return fmt::format("ends the run ({}): {}", render_ending(end.ending), render_ending_headline(end.ending));
  }
};

} // namespace

std::string render_title_for_people(std::string_view title) {
  const std::string line = truncate_text(clean_single_line(title), {.max_bytes = longest_shown_title, .note = cut});
  const std::string safe = clean_for_markdown(line);
  return safe.empty() ? "(no title)" : safe;
}

std::string render_line_for_people(std::string_view text) {
  const std::string line = truncate_text(clean_single_line(text), {.max_bytes = longest_shown_line, .note = cut});
  return clean_for_markdown(line);
}

std::string render_quote_for_people(std::string_view text) {
  const std::string lines =
      truncate_text(clean_for_terminal(trim_ascii(text)), {.max_bytes = longest_shown_quote, .note = cut});
  const std::string safe = clean_for_markdown(lines);
  std::string quoted;
  for (const std::string_view line : split_lines(safe)) {
    quoted += fmt::format("> {}\n", line);
  }
  return quoted;
}

std::string_view render_wait_explanation(WaitReason reason) {
  switch (reason) {
  case WaitReason::held:
    return "the next step is held back by the kill switch, the paused label, the hours or the day's cap";
  case WaitReason::question:
    return "a question is open";
  case WaitReason::running:
    return "an agent is at work";
  case WaitReason::unreachable:
    return "something that the decision needs can not be reached right now";
  case WaitReason::usage_limit:
    return "the provider's usage limit is not over yet";
  case WaitReason::grace:
    return "what the last turn left behind may still arrive";
  case WaitReason::base_red:
    return "the same checks fail on the base branch";
  case WaitReason::checks_missing:
    return "no check has started yet";
  case WaitReason::checks_pending:
    return "the checks are running";
  case WaitReason::merge:
    return "a person merges the pull request";
  case WaitReason::deployment:
    return "the deployment has not been seen yet";
  }
  return "nothing is due";
}

std::string render_action_explanation(const Action& action) {
  return std::visit(ActionExplainer{}, action);
}

std::string_view render_ending_title(Ending ending) {
  return text_of(ending).title;
}

std::string_view render_ending_headline(Ending ending) {
  return text_of(ending).headline;
}

std::string render_next_step(Ending ending, const MessageFacts& facts) {
  const EndingText& text = text_of(ending);
  const std::string remedy = render_remedy(text.remedy, facts);
  const std::string_view space = text.advice.empty() || remedy.empty() ? "" : " ";
  return fmt::format("{}{}{}", text.advice, space, remedy);
}

Message derive_message(Ending ending, const MessageFacts& facts) {
  Message message;
  message.title = fmt::format("{}: {} {}", text_of(ending).title, render_issue_ref(facts.issue),
                              render_title_for_people(facts.issue_title));
  message.text = fmt::format("{}\n", render_ending_headline(ending));
  if (const std::string reason = render_line_for_people(facts.reason); !reason.empty()) {
    message.text += fmt::format("Reason: {}\n", reason);
  }
  if (ending == Ending::question && !trim_ascii(facts.question).empty()) {
    message.text += fmt::format("The question:\n{}", render_quote_for_people(facts.question));
  }
  if (const std::string link = clean_single_line(facts.link); !link.empty()) {
    message.text += fmt::format("See: {}\n", link);
  }
  message.text += fmt::format("Next: {}\n", render_next_step(ending, facts));
  if (!facts.run.text.empty()) {
    const std::string agent = render_line_for_people(facts.agent);
    message.text += fmt::format("Run: {}{}{}\n", facts.run.text, agent.empty() ? "" : ", agent ", agent);
  }
  return message;
}

} // namespace afk

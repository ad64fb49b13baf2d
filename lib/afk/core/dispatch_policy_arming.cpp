#include <afk/core/dispatch_policy_arming.hpp>
#include <afk/core/dispatch_policy_words.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk {

namespace {

GateVerdict leave_unarmed() {
  return leave_gate("there is no arming to judge");
}

} // namespace

GateVerdict judge_card(const GateContext& context) {
  if (!is_read(context.candidate)) {
    return leave_unread();
  }
  if (!context.candidate.arming || context.candidate.arming->card != CardKnowledge::unreadable) {
    return pass_gate();
  }
  return fail_gate({"a run card on the issue is damaged or of a newer version of afk",
                    "remove the damaged comment, or use the newer version"});
}

GateVerdict judge_arming(const GateContext& context) {
  if (!is_read(context.candidate)) {
    return leave_unread();
  }
  if (context.candidate.arming) {
    return pass_gate();
  }
  return fail_gate({with_problem("the issue is not armed", context.candidate.arming_problem),
                    "put the ready label on; where it is on, take it off first"});
}

GateVerdict judge_spent(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  if (context.candidate.arming->spent == ArmingSpent::no) {
    return pass_gate();
  }
  return fail_gate({"a person took the issue back after it was armed", "arm it again"});
}

GateVerdict judge_run(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  switch (context.candidate.arming->card) {
  case CardKnowledge::starting:
    return fail_gate({"another tick may be starting the run right now", "the next tick knows"});
  case CardKnowledge::starting_overdue:
    return fail_gate({"a tick began to start the run, and it is not known whether it did", "look at the executor"});
  case CardKnowledge::running:
    return fail_gate({"this arming has had its run, and the run holds the issue no more", "arm the issue again"});
  case CardKnowledge::parked:
    return fail_gate(
        {"this arming has its run, which waits for an answer", "answer it and take the question label off"});
  case CardKnowledge::ended:
    return fail_gate({"this arming has had its run, which is over", "arm the issue again"});
  case CardKnowledge::unreadable:
  case CardKnowledge::none:
  case CardKnowledge::dispatch_failing:
    break;
  }
  if (context.candidate.arming->executor == ExecutorKnowledge::knows_run) {
    return fail_gate({"the executor knows the run of this arming already", "nothing: the run goes on"});
  }
  return pass_gate();
}

GateVerdict judge_other_run(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  const auto other = std::ranges::find_if(context.input.live, [&](const LiveRun& run) {
    return same_issue(run.issue, context.candidate.issue) && run.run != context.candidate.arming->run;
  });
  if (other == context.input.live.end()) {
    return pass_gate();
  }
  return fail_gate({fmt::format("another run of the issue lives: {}", other->run.text), "that run ends"});
}

GateVerdict judge_resting(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  const ArmingInput& arming = *context.candidate.arming;
  if (arming.earlier == EarlierArming::none) {
    return pass_gate();
  }
  const Timestamp rested = arming.time + context.input.tick_deadline;
  if (context.input.now >= rested) {
    return pass_gate();
  }
  return fail_gate({fmt::format("the issue was armed again a moment ago: it rests until {}", render_timestamp(rested)),
                    "wait until then"});
}

GateVerdict judge_trust(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  const ActorTrust& labeler = context.candidate.arming->labeler;
  const std::string reason = clean_single_line(labeler.reason);
  if (labeler.verdict == ActorVerdict::trusted) {
    return pass_gate(reason);
  }
  const std::string change = labeler.verdict == ActorVerdict::permission_unknown
                                 ? "the permission can be read again"
                                 : "somebody who is trusted takes the ready label off and puts it on again";
  return fail_gate({reason, change});
}

GateVerdict judge_content(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  const ContentTrust& content = context.candidate.arming->content;
  const std::string reason = clean_single_line(content.reason);
  switch (content.verdict) {
  case ContentVerdict::valid:
    return pass_gate(reason);
  case ContentVerdict::voided:
    return fail_gate({reason, "read the issue as it is now and arm it again"});
  case ContentVerdict::unknown:
    break;
  }
  return fail_gate({reason, "the issue's edits can be read again, or it is armed again"});
}

GateVerdict judge_executor(const GateContext& context) {
  if (!context.candidate.arming) {
    return leave_unarmed();
  }
  if (context.candidate.arming->executor != ExecutorKnowledge::cannot_tell) {
    return pass_gate();
  }
  return fail_gate({"the executor can not tell whether it knows the run", "the executor answers again"});
}

} // namespace afk

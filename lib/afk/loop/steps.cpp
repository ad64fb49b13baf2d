#include <afk/loop/steps.hpp>

#include <afk/core/check_verdict.hpp>
#include <afk/core/ending.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

namespace afk::loop {

namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

template <typename... Kinds>
bool is_one_of(const Step& step) {
  return (std::holds_alternative<Kinds>(step) || ...);
}

std::string render_attempt(const AttemptName& attempt) {
  return derive_attempt_name(attempt.run, attempt.redispatch);
}

} // namespace

StepKind derive_step_kind(const Step& step) {
  if (std::holds_alternative<DeleteBranch>(step))
    return StepKind::tidies_up;
  const bool starts_work = is_one_of<StartTurn, AnswerTurn, PushCandidate, CreatePullRequest, MarkPullRequestReady,
                                     MergePullRequest, RerunFailedChecks>(step);
  return starts_work ? StepKind::starts_work : StepKind::records;
}

std::string render_step(const Step& step) {
  return std::visit(
      Overloaded{
          [](const RecordHandEdits&) -> std::string { return "record edits by hand in the log"; },
          [](const WriteCard&) -> std::string { return "write the card"; },
          [](const SetLabel& one) {
            const auto* verb = one.target == TrackerWrites::LabelTarget::on ? "put on" : "take off";
            return fmt::format("{} label {}", verb, clean_single_line(one.label));
          },
          [](const CloseIssue&) -> std::string { return "close the issue"; },
          [](const StartTurn& one) {
            return fmt::format("start turn {} of {} at {}", one.order.turn.text,
                               derive_attempt_name(one.order.run, one.order.redispatch), one.executor);
          },
          [](const AnswerTurn& one) {
            return fmt::format("answer {} at {}", render_attempt(one.attempt), one.executor);
          },
          [](const StopAttempt& one) {
            const auto* verb = one.stop == Executor::Stop::turn ? "interrupt" : "conclude";
            return fmt::format("{} {} at {}", verb, render_attempt(one.attempt), one.executor);
          },
          [](const KeepCandidate& one) { return fmt::format("keep commit {}", one.evidence.candidate_head); },
          [](const PushCandidate& one) { return fmt::format("push {} to {}", one.evidence.candidate_head, one.onto); },
          [](const CreatePullRequest& one) {
            const auto* form = one.order.form == NewPullRequest::Form::draft ? "draft pull request" : "pull request";
            return fmt::format("open a {} for {} at {}", form, one.order.branch, one.order.head);
          },
          [](const MarkPullRequestReady& one) {
            return fmt::format("mark pull request {} ready", one.pull_request.number);
          },
          [](const MergePullRequest& one) {
            return fmt::format("merge pull request {} at {}", one.order.pull_request.number, one.order.head);
          },
          [](const RerunFailedChecks& one) {
            return fmt::format("start the failed checks of {} again: {}", one.query.head,
                               render_check_names(one.failed));
          },
          [](const DeleteBranch& one) {
            return fmt::format("delete branch {} at {}", one.order.branch, one.order.head);
          },
          [](const Ring& one) { return fmt::format("ring {} ({})", one.notifier, render_ending(one.doorbell.kind)); },
          [](const SayOnce&) -> std::string { return "say on the issue why nothing was started"; },
          [](const ReleaseLock& one) { return fmt::format("take off label {}", clean_single_line(one.label)); },
      },
      step);
}

std::optional<std::string> find_prompt(std::span<const Step> steps) {
  for (const Step& step : steps) {
    const auto* start = std::get_if<StartTurn>(&step);
    if (start != nullptr && !start->order.prompt.empty())
      return start->order.prompt;
  }
  return std::nullopt;
}

} // namespace afk::loop

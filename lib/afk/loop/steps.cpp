#include <afk/loop/steps.hpp>

#include <afk/core/ending.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

namespace afk::loop {

namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string render_attempt(const AttemptName& attempt) {
  return derive_attempt_name(attempt.run, attempt.redispatch);
}

} // namespace

StepKind derive_step_kind(const Step& step) {
  const bool starts_work = std::holds_alternative<StartTurn>(step) || std::holds_alternative<AnswerTurn>(step) ||
                           std::holds_alternative<PushCandidate>(step);
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
          [](const PushCandidate& one) {
            return fmt::format("push {} to {}", one.evidence.candidate_head, one.evidence.base_branch);
          },
          [](const Ring& one) { return fmt::format("ring {} ({})", one.notifier, render_ending(one.doorbell.kind)); },
          [](const ReleaseLock& one) { return fmt::format("take off label {}", clean_single_line(one.label)); },
      },
      step);
}

} // namespace afk::loop

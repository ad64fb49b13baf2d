#include <afk/loop/apply.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

using DoorbellState = CardDoorbell::State;

class Applier {
 public:
  Applier(const TickContext& context, RunInFlight& run) : context_(context), run_(run) {}

  ApplyOutcome apply(std::span<const Step> steps) {
    for (const Step& step : steps) {
      if (const auto end = read_gates(step); end != ApplyOutcome::End::finished) {
        outcome_.end = end;
        return std::move(outcome_);
      }
      if (derive_step_kind(step) == StepKind::tidies_up && is_switch_on())
        continue;
      auto done = std::visit([this](const auto& one) { return carry_out(one); }, step);
      if (!done) {
        outcome_.end = ApplyOutcome::End::failed;
        outcome_.error = std::move(done).error();
        outcome_.failed_at = step;
        return std::move(outcome_);
      }
    }
    return std::move(outcome_);
  }

 private:
  // The kill switch is read last, directly before a step that starts work.
  ApplyOutcome::End read_gates(const Step& step) {
    if (context_.gate.read_time() != TickGate::Time::left)
      return ApplyOutcome::End::out_of_time;
    if (derive_step_kind(step) == StepKind::starts_work && is_switch_on())
      return ApplyOutcome::End::held;
    return ApplyOutcome::End::finished;
  }

  [[nodiscard]] bool is_switch_on() const { return context_.gate.read_kill_switch() == TickGate::KillSwitch::on; }

  Result<void> carry_out(const RecordHandEdits&) {
    auto log = context_.tracker.writes().record_hand_edits(run_.issue);
    return log ? Result<void>() : Result<void>(std::move(log).error());
  }

  Result<void> carry_out(const WriteCard&) {
    const std::string body = render_comment(context_, run_.view);
    if (body == run_.comment_body)
      return {};
    TrackerWrites& writes = context_.tracker.writes();
    if (run_.comment_id.empty()) {
      // Another tick of this moment may have written it since this one looked.
      auto created = writes.create_comment_once(run_.issue, body, fmt::format(" run={} ", run_.view.card.run.text));
      if (!created)
        return std::move(created).error();
      run_.comment_id = *created;
    } else if (auto edited = writes.edit_comment(run_.issue, run_.comment_id, body); !edited) {
      return edited;
    }
    run_.comment_body = body;
    return {};
  }

  Result<void> carry_out(const SetLabel& step) {
    return context_.tracker.writes().set_label(run_.issue, step.label, step.target);
  }

  Result<void> carry_out(const SayOnce& step) {
    auto said = context_.tracker.writes().create_comment_once(run_.issue, step.body, step.mark);
    return said ? Result<void>() : Result<void>(std::move(said).error());
  }

  Result<void> carry_out(const CloseIssue&) { return context_.tracker.writes().close_issue(run_.issue); }

  Result<void> carry_out(const StartTurn& step) {
    auto executor = executor_of(step.executor);
    if (!executor)
      return std::move(executor).error();
    auto started = (*executor)->start(step.order);
    if (!started)
      return std::move(started).error();
    outcome_.started = std::move(*started);
    return {};
  }

  Result<void> carry_out(const AnswerTurn& step) {
    auto executor = executor_of(step.executor);
    return executor ? (*executor)->answer(step.attempt, step.answer) : Result<void>(std::move(executor).error());
  }

  Result<void> carry_out(const StopAttempt& step) {
    auto executor = executor_of(step.executor);
    return executor ? (*executor)->interrupt(step.attempt, step.stop) : Result<void>(std::move(executor).error());
  }

  Result<void> carry_out(const KeepCandidate& step) {
    auto landing = landing_of(step.executor);
    return landing ? (*landing)->keep_candidate(step.query, step.evidence) : Result<void>(std::move(landing).error());
  }

  Result<void> carry_out(const PushCandidate& step) {
    auto landing = landing_of(step.executor);
    return landing ? (*landing)->push(step.query, step.evidence) : Result<void>(std::move(landing).error());
  }

  Result<void> carry_out(const CreatePullRequest& step) {
    if (context_.pull_requests == nullptr)
      return no_forge();
    auto opened = context_.pull_requests->open(step.order);
    return opened ? Result<void>() : Result<void>(std::move(opened).error());
  }

  Result<void> carry_out(const MarkPullRequestReady& step) {
    return context_.pull_requests == nullptr ? no_forge() : context_.pull_requests->mark_ready(step.pull_request);
  }

  Result<void> carry_out(const MergePullRequest& step) {
    return context_.pull_requests == nullptr ? no_forge() : context_.pull_requests->merge(step.order);
  }

  Result<void> carry_out(const RerunFailedChecks& step) {
    return context_.checks == nullptr ? no_forge() : context_.checks->rerun_failed(step.query, step.failed);
  }

  Result<void> carry_out(const DeleteBranch& step) {
    auto deleted = context_.pull_requests == nullptr ? no_forge() : context_.pull_requests->delete_branch(step.order);
    if (!deleted)
      outcome_.left_behind.push_back(with_context("branch " + step.order.branch, std::move(deleted).error()));
    return {};
  }

  static Result<void> no_forge() {
    return Error{ErrorKind::configuration, "this tracker has no pull requests and no checks of its own"};
  }

  // A doorbell that cannot be rung stays owed, and the lock with it; the other steps go on.
  Result<void> carry_out(const Ring& step) {
    auto& doorbells = run_.view.card.doorbells;
    const auto doorbell = std::ranges::find_if(doorbells, [&](const CardDoorbell& one) {
      return one.notifier == step.notifier && step.doorbell.key == run_.view.card.run.text + ":" + one.transition;
    });
    const auto notifier =
        std::ranges::find_if(context_.notifiers, [&](const Notifier* one) { return one->name() == step.notifier; });
    if (doorbell == doorbells.end() || doorbell->state != DoorbellState::owed)
      return {};
    if (notifier == context_.notifiers.end()) {
      doorbell->state = DoorbellState::given_up; // its table is not in the configuration any more
      return {};
    }
    auto rung = (*notifier)->ring(step.doorbell);
    if (rung)
      doorbell->state = DoorbellState::rung;
    else
      outcome_.ring_errors.push_back(with_context("doorbell " + step.notifier, std::move(rung).error()));
    return {};
  }

  Result<void> carry_out(const ReleaseLock& step) {
    const bool owed = std::ranges::any_of(run_.view.card.doorbells,
                                          [](const CardDoorbell& one) { return one.state == DoorbellState::owed; });
    if (owed)
      return {};
    return context_.tracker.writes().set_label(run_.issue, step.label, TrackerWrites::LabelTarget::off);
  }

  Result<Executor*> executor_of(const std::string& name) {
    if (Executor* executor = find_executor(context_, name))
      return executor;
    return Error{ErrorKind::configuration, fmt::format("there is no executor \"{}\" in the configuration", name)};
  }

  Result<Landing*> landing_of(const std::string& executor) {
    if (Landing* landing = find_landing(context_, executor))
      return landing;
    return Error{ErrorKind::configuration, fmt::format("nothing lands the work of executor \"{}\"", executor)};
  }

  const TickContext& context_;
  RunInFlight& run_;
  ApplyOutcome outcome_;
};

} // namespace

ApplyOutcome apply_steps(const TickContext& context, std::span<const Step> steps, RunInFlight& run) {
  return Applier(context, run).apply(steps);
}

std::string render_comment(const TickContext& context, const CardView& view) {
  return render_card_comment(view, render_run_card(view.card, context.card_keys, context.digest));
}

} // namespace afk::loop

#include <afk/loop/action_steps.hpp>

#include <afk/core/pull_request_text.hpp>
#include <afk/loop/turn_orders.hpp>

#include <algorithm>

namespace afk::loop {

namespace {

// The run's branch, where it still is at what was merged.
std::optional<PullRequests::BranchAtHead> derive_merged_branch(const RunLook& look, const Observation& observation) {
  const WorkEvidence& work = observation.landing.work;
  const bool merged = work.published.state == PublishedState::merged && !work.branch_head.empty() &&
                      work.branch_head == work.published.head;
  if (!merged)
    return std::nullopt;
  return PullRequests::BranchAtHead{look.record.issue.repository,
                                    derive_branch_name(look.record.issue.number, look.arming.run), work.branch_head};
}

// Builds the steps of one decision; `plan.run.view.card` is the card as it will be written.
class StepPlanner {
 public:
  StepPlanner(const TickContext& context, const WatchFacts& facts, const RunLook& look, RunPlan& plan)
      : context_(context), facts_(facts), look_(look), plan_(plan), card_(plan.run.view.card) {}

  Result<void> plan_action(const Action& action) {
    return std::visit([this](const auto& one) { return plan_one(one); }, action);
  }

 private:
  Result<void> plan_one(const Wait&) {
    plan_.steps.emplace_back(WriteCard{});
    return {};
  }

  Result<void> plan_one(const ReportForeignLock&) { return {}; }

  Result<void> plan_one(const Interrupt& action) {
    const TurnView* live = find_live_turn(plan_.observation);
    if (!card_.interrupt || card_.interrupt->turn != live->turn)
      card_.interrupt = CardInterrupt{action.cause, live->turn, plan_.observation.now};
    plan_.steps.emplace_back(WriteCard{});
    for (const AttemptView& attempt : plan_.observation.executor.attempts)
      plan_.steps.emplace_back(StopAttempt{look_.executor, attempt.attempt, Executor::Stop::turn});
    return {};
  }

  Result<void> plan_one(const Park&) {
    const EndingFacts facts = derive_ending_facts(look_, plan_.observation);
    card_ = announce_parking(context_, std::move(card_), facts, derive_asked(plan_.observation));
    plan_.steps = derive_parking_steps(context_, card_, facts);
    return {};
  }

  Result<void> plan_one(const OrderTurn& action) {
    TurnRequest request{action.kind, action.attempt, "", facts_.failure, TurnRequest::Again::no};
    if (action.kind == TurnKind::answer)
      request.answer = plan_.observation.answer ? plan_.observation.answer->text : "";
    const TurnView* live = find_live_turn(plan_.observation);
    if (live != nullptr && live->state == TurnState::waiting) {
      card_.state = CardState::running;
      plan_.steps.emplace_back(WriteCard{});
      plan_.steps.emplace_back(AnswerTurn{look_.executor, look_.evidence.attempts.back().attempt,
                                          TurnAnswer{live->request, request.answer}});
      return {};
    }
    return start_turn(request);
  }

  Result<void> plan_one(const RepeatTurn&) {
    return start_turn({TurnKind::first, Attempt::free, "", "", TurnRequest::Again::last_turn});
  }

  Result<void> plan_one(const Push&) {
    plan_.steps.emplace_back(WriteCard{});
    plan_.steps.emplace_back(KeepCandidate{look_.executor, work_query(), plan_.observation.landing.work});
    const WorkEvidence& work = plan_.observation.landing.work;
    const bool onto_base = look_.settings.landing.landing == LandingMode::push;
    plan_.steps.emplace_back(
        PushCandidate{look_.executor, work_query(), work, onto_base ? work.base_branch : work_query().branch});
    return {};
  }

  Result<void> plan_one(const End& action) {
    const EndingFacts facts = derive_ending_facts(look_, plan_.observation);
    card_ = announce_ending(context_, std::move(card_), facts, action.ending, plan_.reason);
    plan_.steps = derive_ending_steps(context_, card_, facts);
    return {};
  }

  Result<void> plan_one(const OpenPullRequest& action) {
    const WorkEvidence& work = plan_.observation.landing.work;
    const PullRequestText text = derive_pull_request_text({look_.record.issue, look_.record.title, look_.arming.run,
                                                           look_.card.agent, look_.settings.landing.last_stage});
    using Form = NewPullRequest::Form;
    plan_.steps.emplace_back(WriteCard{});
    plan_.steps.emplace_back(
        CreatePullRequest{{look_.record.issue, derive_branch_name(look_.record.issue.number, look_.arming.run),
                           work.base_branch, work.published.head, text.title, text.body,
                           action.state == PullRequestForm::draft ? Form::draft : Form::ready}});
    return {};
  }

  Result<void> plan_one(const MarkReady&) {
    const auto pull_request = find_pull_request();
    if (!pull_request)
      return no_pull_request();
    plan_.steps.emplace_back(WriteCard{});
    plan_.steps.emplace_back(MarkPullRequestReady{*pull_request});
    return {};
  }

  Result<void> plan_one(const Merge&) {
    const auto pull_request = find_pull_request();
    if (!pull_request)
      return no_pull_request();
    plan_.steps.emplace_back(WriteCard{});
    plan_.steps.emplace_back(MergePullRequest{{*pull_request, plan_.observation.landing.work.published.head}});
    return {};
  }

  // The card first: a head whose re-run may have been ordered is never run again a second time.
  Result<void> plan_one(const RerunChecks&) {
    const WorkEvidence& work = plan_.observation.landing.work;
    PublishedVerdict verdict = derive_published_verdict(plan_.observation, look_.settings);
    card_.rerun_heads.push_back(work.published.head);
    card_.first_seen[FirstSeen::rerun] = plan_.observation.now;
    plan_.steps.emplace_back(WriteCard{});
    plan_.steps.emplace_back(RerunFailedChecks{{look_.record.issue.repository, work.published.head, work.base_branch},
                                               std::move(verdict.failed)});
    return {};
  }

  [[nodiscard]] std::optional<PullRequestRef> find_pull_request() const {
    const auto& pull_request = plan_.observation.forge.pull_request.value;
    if (!pull_request)
      return std::nullopt;
    return PullRequestRef{look_.record.issue.repository, pull_request->number};
  }

  static Result<void> no_pull_request() {
    return Error{ErrorKind::internal, "a pull request was to be changed, and none was seen"};
  }

  Result<void> start_turn(const TurnRequest& request) {
    RunLook look = look_; // with the attempts that have begun: the names count from them
    look.evidence = plan_.observation.executor;
    look.card = card_;
    auto ordered = order_turn(context_, look, plan_.observation, request);
    if (!ordered)
      return std::move(ordered).error();
    note_turn(ordered->on_card);
    card_.state = CardState::running;
    card_.redispatches = std::max(card_.redispatches, ordered->order.redispatch);
    plan_.turn = ordered->order.turn;
    plan_.steps.emplace_back(WriteCard{});
    if (ordered->order.kind == TurnKind::verify)
      plan_.steps.emplace_back(KeepCandidate{look_.executor, work_query(), plan_.observation.landing.work});
    plan_.steps.emplace_back(StartTurn{look_.executor, std::move(ordered->order)});
    return {};
  }

  // A turn that an earlier tick noted and could not order keeps its place and its time.
  void note_turn(const CardTurn& turn) {
    const bool noted = std::ranges::any_of(card_.turns, [&](const CardTurn& one) {
      return one.kind == turn.kind && one.cause == turn.cause && one.ordinal == turn.ordinal;
    });
    if (!noted)
      card_.turns.push_back(turn);
  }

  [[nodiscard]] WorkQuery work_query() const {
    return {look_.record.issue, look_.arming.run, derive_newest_redispatch(plan_.observation),
            derive_branch_name(look_.record.issue.number, look_.arming.run)};
  }

  const TickContext& context_;
  const WatchFacts& facts_;
  const RunLook& look_;
  RunPlan& plan_;
  RunCard& card_;
};

} // namespace

EndingFacts derive_ending_facts(const RunLook& look, const Observation& observation) {
  EndingFacts facts;
  facts.issue = look.record.issue;
  facts.issue_title = look.record.title;
  facts.issue_url = look.record.url;
  facts.issue_state = look.record.state;
  facts.labels = look.record.labels;
  facts.executor = look.evidence.reach == ExecutorEvidence::Reach::other_identity ? "" : look.executor;
  facts.question = derive_question(observation);
  facts.work_link = observation.landing.work.published.link;
  // Where there is no work to see, the page of the agent's own conversation, where it has one.
  const auto& attempts = look.evidence.attempts;
  if (facts.work_link.empty() && !attempts.empty() && attempts.back().reference.starts_with("http"))
    facts.work_link = attempts.back().reference;
  facts.merged_branch = derive_merged_branch(look, observation);
  facts.now = observation.now;
  int newest = look.card.redispatches;
  for (const AttemptView& attempt : look.evidence.attempts)
    newest = std::max(newest, attempt.attempt.redispatch);
  for (int k = 0; k <= newest; ++k)
    facts.attempts.push_back({look.arming.run, k});
  return facts;
}

Result<void> plan_action(const TickContext& context, const WatchFacts& facts, const RunLook& look, RunPlan& plan) {
  return StepPlanner(context, facts, look, plan).plan_action(plan.decision.action);
}

} // namespace afk::loop

#include <afk/loop/run_plan.hpp>

#include <afk/core/agent_activity.hpp>
#include <afk/core/check_verdict.hpp>
#include <afk/core/decide.hpp>
#include <afk/core/message.hpp>
#include <afk/core/pull_request_text.hpp>
#include <afk/core/run_clocks.hpp>
#include <afk/core/working_hours.hpp>
#include <afk/loop/card_view.hpp>
#include <afk/loop/ending_steps.hpp>
#include <afk/loop/run_trust.hpp>
#include <afk/loop/turn_orders.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace afk::loop {

namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

HoldVerdict derive_hold(const TickContext& context, const WatchFacts& facts, const RunLook& look) {
  using Hold = Situation::Hold;
  if (facts.kill_switch == TickGate::KillSwitch::on)
    return {Hold::held, "the kill switch is on"};
  if (has_label(look.record.labels, context.config.labels.paused))
    return {Hold::held, fmt::format("the label {} is on", context.config.labels.paused)};
  if (is_open(look.settings.policy.hours, facts.now) == HoursState::closed)
    return {Hold::held, "outside the working hours"};
  const auto is_full = [](const std::optional<int>& cap, std::ptrdiff_t used) { return cap && used >= *cap; };
  const auto& cap = context.config.policy.max_dispatches_per_day;
  if (is_full(cap, std::ssize(facts.dispatched_today)))
    return {Hold::held, fmt::format("the day's {} dispatches are used up", *cap)};
  const RepositoryName& repository = look.record.issue.repository;
  const auto here = std::ranges::count_if(facts.dispatched_today,
                                          [&](const RepositoryName& one) { return same_repository(one, repository); });
  const auto& cap_here = look.settings.policy.max_dispatches_per_day;
  if (is_full(cap_here, here))
    return {Hold::held, fmt::format("the day's {} dispatches in this repository are used up", *cap_here)};
  return {};
}

// What was ordered and never began is left out: the same situation gives the same order under the same name, and the
// executor finishes the start that an earlier tick was killed in.
std::vector<AttemptView> derive_begun(std::vector<AttemptView> attempts) {
  for (AttemptView& attempt : attempts)
    std::erase_if(attempt.turns, [](const TurnView& turn) { return turn.state == TurnState::lost; });
  std::erase_if(attempts,
                [](const AttemptView& attempt) { return attempt.turns.empty() && attempt.attempt.redispatch > 0; });
  return attempts;
}

double derive_cost_of(std::span<const AttemptView> attempts) {
  double cost = 0;
  for (const AttemptView& attempt : attempts)
    cost += derive_cost(attempt.turns);
  return cost;
}

Timestamp derive_asked_at(const Observation& observation) {
  const TurnView* last = find_last_agent_turn(observation);
  if (last != nullptr && last->ended_at)
    return *last->ended_at;
  const auto noted = observation.card.first_seen.find(FirstSeen::question);
  return noted == observation.card.first_seen.end() ? observation.now : noted->second;
}

Observation observe_run(const TickContext& context, const WatchFacts& facts, const RunLook& look) {
  Observation observation;
  observation.now = facts.now;
  observation.issue_state = look.record.state;
  if (has_label(look.record.labels, context.config.labels.question))
    observation.question_label = Situation::Label::on;
  observation.person_acts = derive_person_acts(look.record, look.history, look.arming, context.config.labels);
  observation.arming = judge_arming(context, look);
  observation.card = look.card;
  // A label that our own account never put on, on an issue without a card, is somebody else's, whatever the executor
  // knows of the issue.
  if (!look.found && has_label(look.record.labels, context.config.labels.in_progress) &&
      derive_own_stamp(look.record, context.config.labels) == OwnStamp::never)
    observation.lock = Observation::Lock::foreign;
  observation.executor = look.evidence;
  observation.executor.attempts = derive_begun(std::move(observation.executor.attempts));
  observation.card.cost_usd = std::max(look.card.cost_usd, derive_cost_of(observation.executor.attempts));
  observation.landing = look.landing;
  observation.forge = look.forge;
  observation.hold = derive_hold(context, facts, look);
  observation.redispatch_gates = facts.redispatch;
  if (!derive_question(observation).empty())
    observation.answer = find_answer(context, look, derive_asked_at(observation));
  return observation;
}

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
  facts.merged_branch = derive_merged_branch(look, observation);
  facts.now = observation.now;
  int newest = look.card.redispatches;
  for (const AttemptView& attempt : look.evidence.attempts)
    newest = std::max(newest, attempt.attempt.redispatch);
  for (int k = 0; k <= newest; ++k)
    facts.attempts.push_back({look.arming.run, k});
  return facts;
}

// The decision as refusals bend it: what was refused for too long goes to a person.
struct Bent {
  Decision decision;
  std::string reason;
};

Bent bend_by_refusal(const RunCard& card, const RepositorySettings& settings, Decision decision, Timestamp now) {
  if (!card.first_seen.contains(FirstSeen::refused))
    return {std::move(decision), ""};
  const Duration refused_for = derive_elapsed(card, FirstSeen::refused, now);
  // A base that is checked out and not clean is its owner's to tidy up: nothing that an agent does changes that.
  if (std::holds_alternative<Push>(decision.action) && refused_for >= settings.lifecycle.turn_end_grace)
    return {{decision.row, End{Ending::conflict}}, card.refused_answer};
  if (derive_effect(decision.action) == Effect::starts_work && refused_for >= settings.lifecycle.unreachable_after)
    return {{decision.row, End{Ending::refused}}, card.refused_answer};
  return {std::move(decision), ""};
}

bool lacks_review(const Observation& observation) {
  const auto& pull_request = observation.forge.pull_request.value;
  return pull_request &&
         (pull_request->review == ReviewState::required || pull_request->review == ReviewState::changes_requested);
}

// A merge that lacks a review waits for it as for a merge by a person.
Decision bend_by_review(const Observation& observation, const RepositorySettings& settings, Decision decision) {
  if (!std::holds_alternative<Merge>(decision.action) || !lacks_review(observation))
    return decision;
  const Duration waited = derive_elapsed(observation.card, FirstSeen::complete, observation.now);
  const bool patient = waited < settings.lifecycle.merge_after;
  return {decision.row, patient ? Action{Wait{WaitReason::merge}} : Action{End{Ending::no_merge}}};
}

// What an ending says of the forge's evidence.
std::string derive_forge_reason(const Observation& observation, const RepositorySettings& settings, Ending ending) {
  const PublishedVerdict verdict = derive_published_verdict(observation, settings);
  const bool about_checks = ending == Ending::frozen || ending == Ending::base_red;
  if (about_checks && !verdict.failed.empty())
    return fmt::format("failed checks: {}", render_check_names(verdict.failed));
  if (about_checks && !verdict.deployment_problem.empty())
    return fmt::format("the deployment failed: {}", verdict.deployment_problem);
  if (ending == Ending::no_merge && lacks_review(observation))
    return "the pull request lacks a review";
  if (ending == Ending::stood_down &&
      observation.landing.work.published.pull_request == PublishedEvidence::Closed::closed_unmerged)
    return "the pull request was closed without a merge";
  return "";
}

std::string derive_reason(const Observation& observation, const RepositorySettings& settings,
                          const Situation& situation, const Action& action) {
  if (const auto* end = std::get_if<End>(&action)) {
    if (end->ending == Ending::trust)
      return observation.arming.reason;
    if (end->ending == Ending::unreachable)
      return derive_unreachable_reason(observation);
    if (situation.gates == Situation::Gates::fail)
      return observation.redispatch_gates.reason;
    if (std::string reason = derive_forge_reason(observation, settings, end->ending); !reason.empty())
      return reason;
    const TurnView* last = find_last_agent_turn(observation);
    return last == nullptr ? "" : last->report_problem;
  }
  if (const auto* wait = std::get_if<Wait>(&action)) {
    if (wait->reason == WaitReason::held)
      return observation.hold.reason;
    if (wait->reason == WaitReason::unreachable)
      return derive_unreachable_reason(observation);
  }
  return "";
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
    card_ = announce_parking(context_, std::move(card_), facts, find_last_agent_turn(plan_.observation)->turn);
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
      plan_.steps.emplace_back(AnswerTurn{look_.executor, look_.evidence.attempts.back().attempt, request.answer});
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
    return {look_.record.issue, look_.arming.run, plan_.observation.executor.attempts.back().attempt.redispatch,
            derive_branch_name(look_.record.issue.number, look_.arming.run)};
  }

  const TickContext& context_;
  const WatchFacts& facts_;
  const RunLook& look_;
  RunPlan& plan_;
  RunCard& card_;
};

bool shows_since(const IssueRecord& record, IssueEventKind kind, std::string_view label, Timestamp announced) {
  const auto since = std::chrono::floor<std::chrono::seconds>(announced); // a tracker's log may count no finer
  return std::ranges::any_of(record.events, [&](const IssueEvent& event) {
    return event.kind == kind && event.time >= since && (label.empty() || has_label({&event.label, 1}, label));
  });
}

// Whether the lock went as the card announced: the last step of an ending, with nothing left to do behind it.
enum class Released : std::uint8_t { no, yes };

bool shows_release(const IssueRecord& record, const RunCard& card, std::string_view lock) {
  const auto announced =
      std::find_if(card.label_changes.rbegin(), card.label_changes.rend(), [&](const CardLabelChange& one) {
        return one.target == CardLabelChange::Target::off && has_label({&one.label, 1}, lock);
      });
  return !has_label(record.labels, lock) && announced != card.label_changes.rend() &&
         shows_since(record, IssueEventKind::unlabeled, lock, announced->at);
}

// While something of the run still lives the ending is not carried out, whatever the log shows.
Released derive_released(const TickContext& context, const RunLook& look, const Observation& observation,
                         const RunCard& card) {
  const bool released = shows_release(look.record, card, context.config.labels.in_progress);
  return released && find_live_turn(observation) == nullptr ? Released::yes : Released::no;
}

// An ending that was carried out is over, and what people do to the issue afterwards is theirs: only what the card
// announces and the log does not show since is still to do.
std::vector<Step> drop_what_was_done(const IssueRecord& record, const RunCard& card, Released released,
                                     std::vector<Step> steps) {
  using LabelTarget = TrackerWrites::LabelTarget;
  using Target = CardLabelChange::Target;
  std::erase_if(steps, [&](const Step& step) {
    if (std::holds_alternative<StopAttempt>(step) || std::holds_alternative<DeleteBranch>(step))
      return released == Released::yes;
    if (std::holds_alternative<CloseIssue>(step))
      return !card.label_changes.empty() &&
             shows_since(record, IssueEventKind::closed, "", card.label_changes.back().at);
    const auto* set = std::get_if<SetLabel>(&step);
    if (set == nullptr)
      return false;
    const bool on = set->target == LabelTarget::on;
    const auto announced =
        std::find_if(card.label_changes.rbegin(), card.label_changes.rend(), [&](const CardLabelChange& one) {
          return one.target == (on ? Target::on : Target::off) && has_label({&one.label, 1}, set->label);
        });
    return announced == card.label_changes.rend() ||
           shows_since(record, on ? IssueEventKind::labeled : IssueEventKind::unlabeled, set->label, announced->at);
  });
  return steps;
}

// What the card announces and an earlier tick did not finish.
std::optional<std::vector<Step>> resume(const TickContext& context, const RunLook& look, RunPlan& plan) {
  const RunCard& card = plan.run.view.card;
  const EndingFacts facts = derive_ending_facts(look, plan.observation);
  if (card.state == CardState::ended)
    return drop_what_was_done(look.record, card, derive_released(context, look, plan.observation, card),
                              derive_ending_steps(context, card, facts));
  const bool asks =
      plan.observation.question_label == Situation::Label::on ||
      (!plan.observation.answer &&
       derive_announced_label(look.record, card, context.config.labels.question) == AnnouncedLabel::still_to_be_put_on);
  const bool lock_on = has_label(look.record.labels, context.config.labels.in_progress);
  if (card.state == CardState::parked && asks && lock_on && plan.observation.person_acts.empty())
    return derive_parking_steps(context, card, facts);
  return std::nullopt;
}

// What was refused and is not wanted any more is forgotten, so that the next refusal has a clock of its own.
void forget_refusal(const Action& action, RunCard& card) {
  const auto* wait = std::get_if<Wait>(&action);
  if (wait == nullptr || wait->reason == WaitReason::held || wait->reason == WaitReason::unreachable)
    return;
  if (card.first_seen.erase(FirstSeen::refused) > 0)
    card.refused_answer.clear();
}

RunPlan start_plan(const TickContext& context, const WatchFacts& facts, const RunLook& look) {
  RunPlan plan;
  plan.issue = look.record.issue;
  plan.title = look.record.title;
  plan.executor = look.executor;
  plan.observation = observe_run(context, facts, look);
  plan.run.issue = look.record.issue;
  if (look.found) {
    plan.run.comment_id = look.found->comment_id;
    plan.run.comment_body = look.found->body;
  }
  return plan;
}

// The rest of the plan follows from the card as the plan leaves it.
void finish_plan(const TickContext& context, const RunLook& look, const Situation& situation, RunPlan& plan) {
  plan.run.view = derive_card_view(context, look, plan.observation, situation, plan.decision, plan.run.view.card);
  if (render_comment(context, plan.run.view) != plan.run.comment_body)
    plan.card_change = RunPlan::CardChange::changes;
  else if (!plan.steps.empty() && std::holds_alternative<WriteCard>(plan.steps.front()))
    plan.steps.erase(plan.steps.begin());
}

} // namespace

StartsOver derive_starts_over(const Action& action) {
  const auto* order = std::get_if<OrderTurn>(&action);
  const bool redispatches = order != nullptr && order->kind == TurnKind::redispatch;
  return redispatches || std::holds_alternative<RepeatTurn>(action) ? StartsOver::yes : StartsOver::no;
}

Result<RunPlan> plan_run(const TickContext& context, const WatchFacts& facts, const RunLook& look) {
  RunPlan plan = start_plan(context, facts, look);
  const Timestamp now = facts.now;
  const RunCard held = give_up_doorbells(plan.observation.card, look.settings.lifecycle.unreachable_after, now);
  RunCard& card = plan.run.view.card;
  card = held;
  if (auto steps = resume(context, look, plan)) {
    const bool ended = held.state == CardState::ended;
    plan.decision = {0, ended ? Action{End{held.ending.value_or(Ending::needs_human)}} : Action{Park{}}};
    plan.reason = held.ending_reason;
    plan.steps = std::move(*steps);
    finish_plan(context, look, derive_situation(plan.observation, look.settings), plan);
    return plan;
  }

  // The clocks run on only when this look does not wait for a hold itself.
  plan.observation.card = release_hold(held, now);
  const Situation situation = derive_situation(plan.observation, look.settings);
  Bent bent = bend_by_refusal(plan.observation.card, look.settings,
                              bend_by_review(plan.observation, look.settings, decide(situation)), now);
  plan.decision = std::move(bent.decision);
  plan.reason = bent.reason.empty() ? derive_reason(plan.observation, look.settings, situation, plan.decision.action)
                                    : bent.reason;
  if (derive_clocks(plan.decision.action) == Clocks::standing_still)
    card.first_seen.try_emplace(FirstSeen::hold, now);
  else
    card = plan.observation.card;
  forget_refusal(plan.decision.action, card);
  card = note_look(std::move(card), plan.observation, situation);
  if (auto planned = StepPlanner(context, facts, look, plan).plan_action(plan.decision.action); !planned) {
    if (planned.error().kind != ErrorKind::refused)
      return std::move(planned).error();
    plan.reason = planned.error().message;
    plan.refusal = std::move(planned).error();
    plan.steps.clear();
  }
  finish_plan(context, look, situation, plan);
  return plan;
}

} // namespace afk::loop

#include <afk/loop/run_plan.hpp>

#include <afk/core/check_verdict.hpp>
#include <afk/core/decide.hpp>
#include <afk/core/message.hpp>
#include <afk/core/run_clocks.hpp>
#include <afk/loop/action_steps.hpp>
#include <afk/loop/card_view.hpp>
#include <afk/loop/ending_steps.hpp>
#include <afk/loop/run_observation.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

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
  if (auto planned = plan_action(context, facts, look, plan); !planned) {
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

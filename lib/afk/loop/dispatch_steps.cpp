#include <afk/loop/dispatch_steps.hpp>

#include <afk/core/content_pin.hpp>
#include <afk/core/run_clocks.hpp>
#include <afk/loop/card_view.hpp>
#include <afk/loop/ending_steps.hpp>
#include <afk/loop/run_plan.hpp>
#include <afk/loop/turn_orders.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

using LabelTarget = TrackerWrites::LabelTarget;

class DispatchPlanner {
 public:
  DispatchPlanner(const TickContext& context, const PollLook& look, const PlannedIssue& planned)
      : context_(context), look_(look), planned_(planned), ready_(look.ready.at(planned.issue)),
        arming_(ready_.history.armings.back()), found_(ready_.history.find_card(arming_.run)) {}

  Result<DispatchPlanOfIssue> plan() {
    plan_.issue = planned_.issue;
    plan_.run.issue = planned_.issue;
    if (found_ != nullptr) {
      card() = found_->card;
      plan_.run.comment_id = found_->comment_id;
      plan_.run.comment_body = found_->body;
    }
    plan_.executor = derive_executor();
    if (auto planned = plan_action(); !planned)
      return std::move(planned).error();
    if (!view_is_whole_)
      plan_.run.view = derive_new_card_view(context_, {planned_.issue, card(), ready_.settings, ""});
    return std::move(plan_);
  }

 private:
  Result<void> plan_action() {
    switch (planned_.action) {
    case PollAction::dispatch:
    case PollAction::stamp_new:
    case PollAction::stamp_starting:
      return start();
    case PollAction::stamp_parked:
      stamp_parked();
      return {};
    case PollAction::finish_ending:
      return finish_ending();
    case PollAction::stand_down:
      end(Ending::stood_down, "a person took the issue back");
      return {};
    case PollAction::escalate_dispatch_unknown:
      end(Ending::dispatch_unknown, "the run was being started, and nobody can tell whether it was");
      return {};
    case PollAction::spend:
      plan_.steps.emplace_back(SetLabel{context_.config.labels.ready, LabelTarget::off});
      return {};
    case PollAction::skip:
      break;
    }
    return Error{ErrorKind::internal, "a skipped issue has no steps"};
  }

  // Dispatch and adoption are one: starting a turn that exists finishes its start or finds it done.
  Result<void> start() {
    const Candidate* candidate = find_candidate();
    if (!planned_.agent && (candidate == nullptr || !candidate->agent))
      return Error{ErrorKind::configuration, "no agent was chosen"};
    const RoutedAgent agent = planned_.agent ? *planned_.agent : *candidate->agent;
    const AgentSettings* settings = find_agent(context_, agent.name);
    if (settings == nullptr || find_executor(context_, settings->executor) == nullptr)
      return Error{ErrorKind::configuration,
                   fmt::format("agent {} has no executor that this afk can reach", agent.name)};
    plan_.executor = settings->executor;

    auto ordered = order_first_turn(context_, {ready_.record, arming_, ready_.settings, agent.name, agent.model,
                                               ready_.settings.base, look_.input.now});
    if (!ordered)
      return std::move(ordered).error();
    fill_card(agent, *ordered);
    plan_.turn = ordered->order.turn;
    plan_.steps.emplace_back(StartTurn{plan_.executor, std::move(ordered->order)});
    plan_.steps.emplace_back(SetLabel{context_.config.labels.in_progress, LabelTarget::on});
    plan_.steps.emplace_back(WriteCard{});
    return {};
  }

  void fill_card(const RoutedAgent& agent, const OrderedTurn& ordered) {
    RunCard& one = card();
    one.afk_version = context_.version;
    one.run = arming_.run;
    one.arming = arming_.event.id;
    const auto look = look_.executors.find(plan_.executor);
    if (look != look_.executors.end() && look->second)
      one.executor_identity = look->second->identity.text;
    one.agent = agent.name;
    one.model = agent.model;
    one.content_hash = derive_content_hash({ready_.record.title, ready_.record.body}, context_.digest);
    one.prompt_hash = ordered.prompt_hash;
    one.template_version = ordered.template_version;
    one.configuration_digest = derive_configuration_digest(context_, ready_.settings);
    one.state = CardState::running;
    one.first_seen.erase(FirstSeen::dispatch_failing);
    one.refused_answer.clear();
    if (one.turns.empty())
      one.turns.push_back(ordered.on_card);
  }

  // The run goes on: its card says so before the label does, so that the label is seen to be ours.
  void stamp_parked() {
    const std::string& label = context_.config.labels.in_progress;
    card().state = CardState::running;
    if (derive_announced_label(ready_.record, card(), label) == AnnouncedLabel::nothing_open)
      card().label_changes.push_back({label, CardLabelChange::Target::on, look_.input.now});
    plan_.steps.emplace_back(WriteCard{});
    plan_.steps.emplace_back(SetLabel{label, LabelTarget::on});
  }

  // What the card announces is the watcher's to finish, with all its evidence: poll takes the very same plan.
  Result<void> finish_ending() {
    auto looks = look_at_runs_of(context_, {&planned_.issue, 1});
    if (!looks)
      return std::move(looks).error();
    const auto look =
        std::ranges::find_if(looks->runs, [&](const RunLook& one) { return one.arming.run == arming_.run; });
    if (look == looks->runs.end())
      return Error{ErrorKind::conflict, "the run that has ended is not to be seen now: look again"};
    auto plan =
        plan_run(context_, {looks->now, context_.gate.read_kill_switch(), looks->dispatched_today, {}, ""}, *look);
    if (!plan)
      return std::move(plan).error();
    plan_.run = std::move(plan->run);
    plan_.steps = std::move(plan->steps);
    view_is_whole_ = true;
    return {};
  }

  void end(Ending ending, std::string reason) {
    if (found_ == nullptr) {
      card().run = arming_.run;
      card().arming = arming_.event.id;
      card().afk_version = context_.version;
    }
    card() = announce_ending(context_, std::move(card()), ending_facts(), ending, std::move(reason));
    plan_.steps = derive_ending_steps(context_, card(), ending_facts());
  }

  [[nodiscard]] EndingFacts ending_facts() const {
    EndingFacts facts;
    facts.issue = planned_.issue;
    facts.issue_title = ready_.record.title;
    facts.issue_url = ready_.record.url;
    facts.issue_state = ready_.record.state;
    facts.labels = ready_.record.labels;
    facts.executor = plan_.executor;
    for (int k = 0; k <= plan_.run.view.card.redispatches; ++k)
      facts.attempts.push_back({arming_.run, k});
    facts.now = look_.input.now;
    return facts;
  }

  // The executor that the card names, as far as it answers as the one that the card means.
  [[nodiscard]] std::string derive_executor() const {
    const Candidate* candidate = find_candidate();
    std::string name = found_ != nullptr ? found_->card.agent : "";
    if (name.empty() && candidate != nullptr && candidate->agent)
      name = candidate->agent->name;
    const AgentSettings* agent = find_agent(context_, name);
    if (agent == nullptr)
      return "";
    const auto look = look_.executors.find(agent->executor);
    const bool answers = look != look_.executors.end() && look->second &&
                         (found_ == nullptr || found_->card.executor_identity.empty() ||
                          look->second->identity.text == found_->card.executor_identity);
    return answers ? agent->executor : "";
  }

  [[nodiscard]] const Candidate* find_candidate() const {
    for (const RepositoryInput& repository : look_.input.repositories)
      for (const Candidate& candidate : repository.candidates)
        if (candidate.issue == planned_.issue)
          return &candidate;
    return nullptr;
  }

  RunCard& card() { return plan_.run.view.card; }

  const TickContext& context_;
  const PollLook& look_;
  const PlannedIssue& planned_;
  const ReadyIssue& ready_;
  const ArmingRecord& arming_;
  const FoundCard* found_;
  DispatchPlanOfIssue plan_;
  bool view_is_whole_ = false; // as the watcher's plan made it
};

} // namespace

Result<DispatchPlanOfIssue> derive_dispatch_steps(const TickContext& context, const PollLook& look,
                                                  const PlannedIssue& planned) {
  return DispatchPlanner(context, look, planned).plan();
}

std::vector<Step> derive_failed_dispatch_steps(const TickContext& context, const PollLook& look, const Error& error,
                                               DispatchPlanOfIssue& plan) {
  const ReadyIssue& ready = look.ready.at(plan.issue);
  const FoundCard* found = ready.history.find_card(plan.run.view.card.run);
  RunCard card = plan.run.view.card;
  card.state = CardState::dispatch_failing;
  card.turns.clear();
  const bool failing_before = found != nullptr && found->card.first_seen.contains(FirstSeen::dispatch_failing);
  card.first_seen[FirstSeen::dispatch_failing] =
      failing_before ? found->card.first_seen.at(FirstSeen::dispatch_failing) : look.input.now;
  card.refused_answer = error.message;
  // Nothing was started, and perhaps it was not even the executor of the look that answered.
  if (error.kind == ErrorKind::conflict)
    card.executor_identity = found == nullptr ? "" : found->card.executor_identity;

  std::vector<Step> steps{WriteCard{}};
  const Duration failing_for = derive_elapsed(card, FirstSeen::dispatch_failing, look.input.now);
  if (failing_for >= ready.settings.lifecycle.unreachable_after) {
    EndingFacts facts;
    facts.issue = plan.issue;
    facts.issue_title = ready.record.title;
    facts.issue_url = ready.record.url;
    facts.labels = ready.record.labels;
    facts.executor = plan.executor;
    facts.attempts = {{card.run, 0}};
    facts.now = look.input.now;
    card = announce_ending(context, std::move(card), facts, Ending::dispatch_failed, error.message);
    steps = derive_ending_steps(context, card, facts);
  }
  plan.run.view = derive_new_card_view(context, {plan.issue, std::move(card), ready.settings, ""});
  return steps;
}

} // namespace afk::loop

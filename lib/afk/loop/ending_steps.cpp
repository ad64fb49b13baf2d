#include <afk/loop/ending_steps.hpp>

#include <algorithm>

namespace afk::loop {

namespace {

using LabelTarget = TrackerWrites::LabelTarget;
using Target = CardLabelChange::Target;

// A label change is announced and made only where it changes something.
struct LabelChange {
  std::string label;
  LabelTarget target = LabelTarget::on;
};

bool changes_something(const EndingFacts& facts, const LabelChange& change) {
  return has_label(facts.labels, change.label) != (change.target == LabelTarget::on);
}

enum class HumanLabel : std::uint8_t { stays, put_on };

HumanLabel derive_human_label(Ending ending) {
  return ending == Ending::done || ending == Ending::stood_down ? HumanLabel::stays : HumanLabel::put_on;
}

// New label before old label, always.
std::vector<LabelChange> derive_ending_labels(const LabelSettings& labels, Ending ending) {
  std::vector<LabelChange> changes;
  if (derive_human_label(ending) == HumanLabel::put_on)
    changes.push_back({labels.human, LabelTarget::on});
  changes.push_back({labels.question, LabelTarget::off});
  changes.push_back({labels.ready, LabelTarget::off});
  return changes;
}

void announce_label(RunCard& card, const EndingFacts& facts, const LabelChange& change) {
  if (!changes_something(facts, change))
    return;
  const Target target = change.target == LabelTarget::on ? Target::on : Target::off;
  card.label_changes.push_back({change.label, target, facts.now});
}

void owe_doorbells(const TickContext& context, RunCard& card, const EndingFacts& facts, Ending kind,
                   const std::string& transition) {
  for (const Notifier* notifier : context.notifiers) {
    const std::string name = notifier->name();
    const bool noted = std::ranges::any_of(
        card.doorbells, [&](const CardDoorbell& one) { return one.notifier == name && one.transition == transition; });
    if (!noted && notifier->interest(kind) == Notifier::Interest::wanted)
      card.doorbells.push_back({kind, transition, name, CardDoorbell::State::owed, facts.now});
  }
}

Doorbell derive_doorbell(const TickContext& context, const RunCard& card, const EndingFacts& facts,
                         const CardDoorbell& owed) {
  MessageFacts message;
  message.issue = facts.issue;
  message.issue_title = facts.issue_title;
  message.run = card.run;
  message.agent = card.agent;
  message.reason = card.ending_reason;
  message.question = facts.question;
  message.link = facts.work_link;
  message.labels = context.config.labels;
  const Message text = derive_message(owed.kind, message);
  return {
      card.run.text + ":" + owed.transition, facts.issue, card.run, owed.kind, text.title, text.text, facts.issue_url};
}

void add_rings(const TickContext& context, const RunCard& card, const EndingFacts& facts, std::vector<Step>& steps) {
  bool rings = false;
  for (const CardDoorbell& doorbell : card.doorbells) {
    if (doorbell.state != CardDoorbell::State::owed)
      continue;
    steps.emplace_back(Ring{doorbell.notifier, derive_doorbell(context, card, facts, doorbell)});
    rings = true;
  }
  if (rings)
    steps.emplace_back(WriteCard{});
}

void add_label(const EndingFacts& facts, const LabelChange& change, std::vector<Step>& steps) {
  if (changes_something(facts, change))
    steps.emplace_back(SetLabel{change.label, change.target});
}

} // namespace

RunCard announce_ending(const TickContext& context, RunCard card, const EndingFacts& facts, Ending ending,
                        std::string reason) {
  card.state = CardState::ended;
  card.ending = ending;
  card.ending_reason = std::move(reason);
  if (ending != Ending::stood_down)
    owe_doorbells(context, card, facts, ending, std::string(render_ending(ending)));
  const LabelSettings& labels = context.config.labels;
  for (const LabelChange& change : derive_ending_labels(labels, ending))
    announce_label(card, facts, change);
  announce_label(card, facts, {labels.in_progress, LabelTarget::off});
  return card;
}

std::vector<Step> derive_ending_steps(const TickContext& context, const RunCard& card, const EndingFacts& facts) {
  std::vector<Step> steps;
  const bool writable = facts.issue_state != IssueState::gone;
  if (writable)
    steps.emplace_back(WriteCard{});
  if (!facts.executor.empty())
    for (const AttemptName& attempt : facts.attempts)
      steps.emplace_back(StopAttempt{facts.executor, attempt, Executor::Stop::conclude});
  if (!writable)
    return steps;
  const Ending ending = card.ending.value_or(Ending::needs_human);
  if (ending == Ending::done && facts.issue_state == IssueState::open)
    steps.emplace_back(CloseIssue{});
  if (ending == Ending::done && facts.merged_branch)
    steps.emplace_back(DeleteBranch{*facts.merged_branch});
  const LabelSettings& labels = context.config.labels;
  for (const LabelChange& change : derive_ending_labels(labels, ending))
    add_label(facts, change, steps);
  add_rings(context, card, facts, steps);
  if (has_label(facts.labels, labels.in_progress))
    steps.emplace_back(ReleaseLock{labels.in_progress});
  return steps;
}

RunCard announce_parking(const TickContext& context, RunCard card, const EndingFacts& facts, const std::string& asked) {
  card.state = CardState::parked;
  owe_doorbells(context, card, facts, Ending::question, "question:" + asked);
  const LabelSettings& labels = context.config.labels;
  announce_label(card, facts, {labels.question, LabelTarget::on});
  announce_label(card, facts, {labels.in_progress, LabelTarget::off});
  return card;
}

std::vector<Step> derive_parking_steps(const TickContext& context, const RunCard& card, const EndingFacts& facts) {
  std::vector<Step> steps{WriteCard{}};
  const LabelSettings& labels = context.config.labels;
  add_label(facts, {labels.question, LabelTarget::on}, steps);
  add_rings(context, card, facts, steps);
  if (has_label(facts.labels, labels.in_progress))
    steps.emplace_back(ReleaseLock{labels.in_progress});
  return steps;
}

RunCard give_up_doorbells(RunCard card, Duration unreachable_after, Timestamp now) {
  for (CardDoorbell& doorbell : card.doorbells)
    if (doorbell.state == CardDoorbell::State::owed && now - doorbell.since > unreachable_after)
      doorbell.state = CardDoorbell::State::given_up;
  return card;
}

} // namespace afk::loop

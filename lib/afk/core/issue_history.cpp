#include <afk/core/issue_history.hpp>

#include <afk/core/text.hpp>

#include <algorithm>

namespace afk {

namespace {

using Target = CardLabelChange::Target;

bool is_label_event(const IssueEvent& event, std::string_view label) {
  return (event.kind == IssueEventKind::labeled || event.kind == IssueEventKind::unlabeled) &&
         equal_ascii_folded(event.label, label);
}

// A card is written, and its announcement dated, before the change is made; the log may round to whole seconds.
constexpr Duration log_rounding = std::chrono::seconds(1);

bool is_announced(const IssueEvent& event, const IssueHistory& history) {
  const Target target = event.kind == IssueEventKind::labeled ? Target::on : Target::off;
  return std::ranges::any_of(history.cards, [&](const FoundCard& found) {
    return std::ranges::any_of(found.card.label_changes, [&](const CardLabelChange& change) {
      return change.target == target && equal_ascii_folded(change.label, event.label) &&
             change.at <= event.time + log_rounding;
    });
  });
}

bool is_closing_announced(const IssueHistory& history) {
  return std::ranges::any_of(history.cards, [](const FoundCard& found) {
    return found.card.state == CardState::ended && found.card.ending == Ending::done;
  });
}

// Whether a label event is a person's. `seen_stamp`: an earlier in-progress label by our own account.
bool is_persons(const IssueEvent& event, const IssueHistory& history, const LabelSettings& labels,
                OwnStamp seen_stamp) {
  if (event.actor.kind != ActorKind::own_account)
    return true;
  const bool first_stamp = seen_stamp == OwnStamp::never && event.kind == IssueEventKind::labeled &&
                           equal_ascii_folded(event.label, labels.in_progress);
  return !first_stamp && !is_announced(event, history);
}

// A card's line may be copied from another issue with its checksum intact; the run's name may not.
bool belongs_here(const IssueRecord& record, const HistoryContext& context, const RunCard& card) {
  const RunIdentity identity{context.host, record.repository_id, record.issue.number, card.arming};
  return derive_run_name(identity, context.digest) == card.run;
}

} // namespace

bool has_label(std::span<const std::string> labels, std::string_view label) {
  return std::ranges::any_of(labels, [&](const std::string& one) { return equal_ascii_folded(one, label); });
}

const FoundCard* IssueHistory::find_card(const RunName& run) const {
  const auto found = std::ranges::find_if(cards, [&](const FoundCard& card) { return card.card.run == run; });
  return found == cards.end() ? nullptr : &*found;
}

IssueHistory derive_issue_history(const IssueRecord& record, const HistoryContext& context) {
  IssueHistory history;
  for (std::size_t position = 0; position < record.events.size(); ++position) {
    const IssueEvent& event = record.events[position];
    if (event.kind != IssueEventKind::labeled || !equal_ascii_folded(event.label, context.labels.ready))
      continue;
    const RunIdentity identity{context.host, record.repository_id, record.issue.number, event.id};
    history.armings.push_back({event, position, derive_run_name(identity, context.digest)});
  }
  if (history.armings.size() > armings_looked_at)
    history.armings.erase(history.armings.begin(), history.armings.end() - armings_looked_at);

  for (const Comment& comment : record.comments) {
    if (comment.author.kind != ActorKind::own_account)
      continue;
    auto card = parse_run_card(comment.body, context.card_keys, context.digest);
    if (!card)
      history.card_problems.push_back(with_context("comment " + comment.id, std::move(card).error()));
    else if (card->has_value() && belongs_here(record, context, **card))
      history.cards.push_back({comment.id, comment.body, **card});
  }
  return history;
}

std::vector<PersonAct> derive_person_acts(const IssueRecord& record, const IssueHistory& history,
                                          const ArmingRecord& arming, const LabelSettings& labels) {
  std::vector<PersonAct> acts;
  OwnStamp seen_stamp = OwnStamp::never;
  bool in_progress = false;
  for (std::size_t position = 0; position < record.events.size(); ++position) {
    const IssueEvent& event = record.events[position];
    const bool after = position > arming.position;
    const bool on = event.kind == IssueEventKind::labeled;
    const bool by_person = after && is_persons(event, history, labels, seen_stamp);
    if (is_label_event(event, labels.in_progress)) {
      if (by_person && !on)
        acts.push_back(PersonAct::took_in_progress_off);
      if (after && on && event.actor.kind == ActorKind::own_account)
        seen_stamp = OwnStamp::seen;
      in_progress = on;
    } else if (is_label_event(event, labels.ready)) {
      if (by_person && !on && !in_progress)
        acts.push_back(PersonAct::took_ready_off);
    } else if (is_label_event(event, labels.human)) {
      if (by_person && on)
        acts.push_back(PersonAct::put_human_on);
    } else if (event.kind == IssueEventKind::closed && after) {
      if (event.actor.kind != ActorKind::own_account || !is_closing_announced(history))
        acts.push_back(PersonAct::closed_issue);
    }
  }
  return acts;
}

Spent derive_spent(std::span<const PersonAct> acts) {
  const bool spent = std::ranges::any_of(acts, [](PersonAct act) { return act != PersonAct::took_ready_off; });
  return spent ? Spent::yes : Spent::no;
}

AnnouncedLabel derive_announced_label(const IssueRecord& record, const RunCard& card, std::string_view label) {
  const auto announced = std::find_if(card.label_changes.rbegin(), card.label_changes.rend(),
                                      [&](const CardLabelChange& one) { return equal_ascii_folded(one.label, label); });
  if (announced == card.label_changes.rend() || announced->target != Target::on)
    return AnnouncedLabel::nothing_open;
  const auto since = std::chrono::floor<std::chrono::seconds>(announced->at); // a tracker's log may count no finer
  const bool seen = std::ranges::any_of(record.events, [&](const IssueEvent& event) {
    return event.kind == IssueEventKind::labeled && event.time >= since && equal_ascii_folded(event.label, label);
  });
  return seen ? AnnouncedLabel::nothing_open : AnnouncedLabel::still_to_be_put_on;
}

OwnStamp derive_own_stamp(const IssueRecord& record, const LabelSettings& labels) {
  const bool seen = std::ranges::any_of(record.events, [&](const IssueEvent& event) {
    return event.kind == IssueEventKind::labeled && equal_ascii_folded(event.label, labels.in_progress) &&
           event.actor.kind == ActorKind::own_account;
  });
  return seen ? OwnStamp::seen : OwnStamp::never;
}

} // namespace afk

#include <afk/loop/actor_judge.hpp>

#include <afk/core/content_pin.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

TrustSettings derive_trust_settings(const Config& config) {
  TrustSettings settings = config.trust;
  settings.labeler = derive_labeler(config.tracker.kind, settings.labeler);
  return settings;
}

ActorTrust judge_arming_actor(const TickContext& context, const IssueHistory& history, const ArmingRecord& arming) {
  const bool recorded = std::ranges::any_of(
      history.cards, [&](const FoundCard& found) { return found.card.recorded_arming == arming.event.id.text; });
  const ActorFacts facts{arming.event.actor, Permission::unknown, recorded ? Requeue::recorded : Requeue::unrecorded};
  return derive_actor_trust(facts, derive_trust_settings(context.config));
}

ActorTrust judge_actor(const TickContext& context, const Actor& actor) {
  return derive_actor_trust({actor, Permission::unknown, Requeue::unrecorded}, derive_trust_settings(context.config));
}

std::string gather_comments(const TickContext& context, const IssueRecord& record, const ArmingRecord& arming) {
  if (context.config.trust.comments == TrustSettings::Comments::none)
    return "";
  std::string gathered;
  for (const Comment& comment : record.comments) {
    const Timestamp newest = std::max(comment.created_at, comment.edited_at.value_or(comment.created_at));
    const bool listened_to = comment.author.kind != ActorKind::own_account && newest < arming.event.time &&
                             judge_actor(context, comment.author).verdict == ActorVerdict::trusted;
    if (listened_to)
      gathered += fmt::format("## {} on {}\n\n{}\n\n", clean_single_line(comment.author.login),
                              render_timestamp(comment.created_at), comment.body);
  }
  return gathered;
}

ContentTrust judge_content(const TickContext& context, const IssueRecord& record, const ArmingRecord& arming,
                           ContentFacts::Stage stage, const std::string& pinned_hash) {
  std::vector<ContentEdit> edits;
  for (std::size_t position = arming.position + 1; position < record.events.size(); ++position) {
    const IssueEvent& event = record.events[position];
    if (event.kind == IssueEventKind::title_changed || event.kind == IssueEventKind::body_changed)
      edits.push_back({event.kind, judge_actor(context, event.actor).verdict});
  }
  ContentFacts facts;
  facts.stage = stage;
  facts.edit_log = record.edit_log;
  facts.edits_after_arming = edits;
  facts.pinned_hash = pinned_hash;
  facts.current_hash = derive_content_hash({record.title, record.body}, context.digest);
  return derive_content_trust(facts, context.config.trust.pin_content);
}

} // namespace afk::loop

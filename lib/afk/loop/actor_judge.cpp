#include <afk/loop/actor_judge.hpp>

#include <afk/core/content_pin.hpp>
#include <afk/core/text.hpp>
#include <afk/loop/people.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

Permission recall_permission(const TickContext& context, const RepositoryName& repository, const Actor& actor) {
  return context.people == nullptr ? Permission::unknown : context.people->recall(repository, actor);
}

// Whether the verdict hangs on the permission; whoever is listed, a bot or gone is judged without.
bool depends_on_permission(const TickContext& context, const Actor& actor) {
  const ActorFacts facts{actor, Permission::unknown, Requeue::unrecorded};
  return derive_actor_trust(facts, derive_trust_settings(context.config)).verdict == ActorVerdict::permission_unknown;
}

} // namespace

TrustSettings derive_trust_settings(const Config& config) {
  TrustSettings settings = config.trust;
  settings.labeler = derive_labeler(config.tracker.kind, settings.labeler);
  return settings;
}

std::vector<PermissionQuery> derive_people_to_ask(const TickContext& context, const IssueRecord& record,
                                                  const ArmingRecord& arming, Heard heard) {
  std::vector<PermissionQuery> people;
  const auto add = [&](const Actor& actor) {
    const bool known =
        std::ranges::any_of(people, [&](const PermissionQuery& query) { return query.actor.id == actor.id; });
    if (!known && people.size() < most_people_of_an_issue && depends_on_permission(context, actor))
      people.push_back({record.issue.repository, actor});
  };
  add(arming.event.actor);
  for (std::size_t position = arming.position + 1; position < record.events.size(); ++position) {
    const IssueEvent& event = record.events[position];
    if (event.kind == IssueEventKind::title_changed || event.kind == IssueEventKind::body_changed ||
        event.kind == IssueEventKind::labeled)
      add(event.actor);
  }
  const bool comments_in_prompt = context.config.trust.comments == TrustSettings::Comments::trusted;
  for (const Comment& comment : record.comments) {
    const bool answers = heard == Heard::log_and_comments && comment.created_at > arming.event.time;
    const bool goes_into_prompt = comments_in_prompt && comment.created_at <= arming.event.time;
    if (comment.author.kind != ActorKind::own_account && (answers || goes_into_prompt))
      add(comment.author);
  }
  return people;
}

ActorTrust judge_arming_actor(const TickContext& context, const IssueRecord& record, const IssueHistory& history,
                              const ArmingRecord& arming) {
  const bool recorded = std::ranges::any_of(
      history.cards, [&](const FoundCard& found) { return found.card.recorded_arming == arming.event.id.text; });
  const ActorFacts facts{arming.event.actor, recall_permission(context, record.issue.repository, arming.event.actor),
                         recorded ? Requeue::recorded : Requeue::unrecorded};
  return derive_actor_trust(facts, derive_trust_settings(context.config));
}

ActorTrust judge_actor(const TickContext& context, const RepositoryName& repository, const Actor& actor) {
  const ActorFacts facts{actor, recall_permission(context, repository, actor), Requeue::unrecorded};
  return derive_actor_trust(facts, derive_trust_settings(context.config));
}

std::string gather_comments(const TickContext& context, const IssueRecord& record, const ArmingRecord& arming) {
  if (context.config.trust.comments == TrustSettings::Comments::none)
    return "";
  std::string gathered;
  for (const Comment& comment : record.comments) {
    const Timestamp newest = std::max(comment.created_at, comment.edited_at.value_or(comment.created_at));
    const bool listened_to =
        comment.author.kind != ActorKind::own_account && newest < arming.event.time &&
        judge_actor(context, record.issue.repository, comment.author).verdict == ActorVerdict::trusted;
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
      edits.push_back({event.kind, judge_actor(context, record.issue.repository, event.actor).verdict});
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

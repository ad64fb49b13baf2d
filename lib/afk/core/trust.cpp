#include <afk/core/text.hpp>
#include <afk/core/trust.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk {

namespace {

std::string show_login(const Actor& actor) {
  return quote_for_display(truncate_text(actor.login, {.max_bytes = 80, .note = "..."}));
}

bool is_listed(const Actor& actor, const TrustSettings& settings) {
  return std::ranges::any_of(settings.labelers, [&](const ListedLabeler& entry) {
    if (entry.login.empty()) {
      return false;
    }
    if (entry.id.empty()) {
      return actor.id == actor.login && actor.login == entry.login;
    }
    return actor.id == entry.id && equal_ascii_folded(actor.login, entry.login);
  });
}

std::string_view render_permission(Permission permission) {
  switch (permission) {
  case Permission::unknown:
    return "unknown";
  case Permission::none:
    return "none";
  case Permission::read:
    return "read";
  case Permission::triage:
    return "triage";
  case Permission::write:
    return "write";
  case Permission::maintain:
    return "maintain";
  case Permission::admin:
    return "admin";
  }
  return "unknown";
}

// Spelled out instead of compared as numbers: a value that nobody thought of is not enough for anything.
bool is_enough(Permission permission, TrustSettings::Labeler required) {
  const bool admin = permission == Permission::admin;
  const bool maintain = admin || permission == Permission::maintain;
  const bool write = maintain || permission == Permission::write;
  switch (required) {
  case TrustSettings::Labeler::write:
    return write;
  case TrustSettings::Labeler::maintain:
    return maintain;
  case TrustSettings::Labeler::admin:
    return admin;
  case TrustSettings::Labeler::listed:
    return false;
  }
  return false;
}

std::string_view render_required(TrustSettings::Labeler required) {
  switch (required) {
  case TrustSettings::Labeler::write:
    return "write";
  case TrustSettings::Labeler::maintain:
    return "maintain";
  case TrustSettings::Labeler::admin:
    return "admin";
  case TrustSettings::Labeler::listed:
    break;
  }
  return "to be listed";
}

ActorTrust judge_person(const ActorFacts& facts, const TrustSettings& settings) {
  const std::string login = show_login(facts.actor);
  if (settings.labeler == TrustSettings::Labeler::listed) {
    return {.verdict = ActorVerdict::not_listed, .reason = fmt::format("{} is not in trust.labelers", login)};
  }
  const std::string_view permission = render_permission(facts.permission);
  if (permission == render_permission(Permission::unknown)) {
    return {.verdict = ActorVerdict::permission_unknown,
            .reason = fmt::format("the permission of {} could not be read", login)};
  }
  if (!is_enough(facts.permission, settings.labeler)) {
    return {.verdict = ActorVerdict::untrusted,
            .reason = fmt::format("{} has the permission {}, which is less than {}", login, permission,
                                  render_required(settings.labeler))};
  }
  return {.verdict = ActorVerdict::trusted, .reason = fmt::format("{} has the permission {}", login, permission)};
}

ContentTrust voided(std::string reason) {
  return {.verdict = ContentVerdict::voided, .reason = std::move(reason)};
}

std::string_view render_part(IssueEventKind kind) {
  return kind == IssueEventKind::title_changed ? "title" : "body";
}

ContentTrust judge_during_run(const ContentFacts& facts) {
  for (const ContentEdit& edit : facts.edits_after_arming) {
    if (edit.author != ActorVerdict::trusted) {
      return voided(fmt::format("the {} was changed after the arming by somebody who is not trusted or not known",
                                render_part(edit.kind)));
    }
  }
  // A card that was lost pins again; until then the log alone speaks.
  if (facts.pinned_hash.empty() || facts.pinned_hash == facts.current_hash) {
    return {.verdict = ContentVerdict::valid,
            .reason = "title and body are those of the arming or changed by trusted people"};
  }
  const bool body_edit_seen = std::ranges::any_of(
      facts.edits_after_arming, [](const ContentEdit& edit) { return edit.kind == IssueEventKind::body_changed; });
  const bool explained = facts.edit_log == EditLog::complete ? !facts.edits_after_arming.empty() : body_edit_seen;
  if (!explained) {
    return voided("title or body are not those of the arming, and no log names who changed them");
  }
  return {.verdict = ContentVerdict::valid, .reason = "title or body were changed by trusted people alone"};
}

} // namespace

ActorTrust derive_actor_trust(const ActorFacts& facts, const TrustSettings& settings) {
  const std::string login = show_login(facts.actor);
  if (facts.actor.kind == ActorKind::ghost || facts.actor.login.empty() || facts.actor.id.empty()) {
    return {.verdict = ActorVerdict::ghost, .reason = "the account is gone or the tracker does not name it"};
  }
  if (is_listed(facts.actor, settings)) {
    return {.verdict = ActorVerdict::trusted, .reason = fmt::format("{} is in trust.labelers", login)};
  }
  switch (facts.actor.kind) {
  case ActorKind::person:
    return judge_person(facts, settings);
  case ActorKind::own_account:
    if (facts.requeue == Requeue::recorded) {
      return {.verdict = ActorVerdict::trusted, .reason = "`afk requeue` recorded it on the card"};
    }
    return {.verdict = ActorVerdict::own_account_unrecorded,
            .reason = fmt::format("{} is afk's own account, which is not in trust.labelers, and `afk requeue` did not "
                                  "record it",
                                  login)};
  case ActorKind::bot:
    return {.verdict = ActorVerdict::bot, .reason = fmt::format("{} is a bot that is not in trust.labelers", login)};
  case ActorKind::ghost:
    break;
  }
  return {.verdict = ActorVerdict::ghost, .reason = "the kind of the account is not known"};
}

ContentTrust derive_content_trust(const ContentFacts& facts, TrustSettings::ContentPin pin) {
  if (pin == TrustSettings::ContentPin::off) {
    return {.verdict = ContentVerdict::valid, .reason = "trust.pin_content is off"};
  }
  if (facts.edit_log == EditLog::unreadable || facts.current_hash.empty()) {
    return {.verdict = ContentVerdict::unknown, .reason = "title, body or their history could not be read"};
  }
  if (facts.stage == ContentFacts::Stage::during_run) {
    return judge_during_run(facts);
  }
  if (!facts.edits_after_arming.empty()) {
    return voided(fmt::format("the {} was changed after the arming; arm the issue again",
                              render_part(facts.edits_after_arming.front().kind)));
  }
  if (!facts.pinned_hash.empty() && facts.pinned_hash != facts.current_hash) {
    return voided("title or body are not those that were first seen; arm the issue again");
  }
  return {.verdict = ContentVerdict::valid, .reason = "title and body were not changed after the arming"};
}

} // namespace afk

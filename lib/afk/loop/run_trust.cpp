#include <afk/loop/run_trust.hpp>

#include <afk/loop/actor_judge.hpp>
#include <afk/loop/people.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace afk::loop {

namespace {

// Only then anybody's comment is listened to.
Heard derive_heard(const RunLook& look) {
  const auto asks = [](const TurnView& turn) {
    return turn.state == TurnState::waiting || !turn.question.empty() ||
           (turn.report && turn.report->result == DeclaredResult::blocked);
  };
  if (look.card.state == CardState::parked || look.card.first_seen.contains(FirstSeen::question))
    return Heard::log_and_comments;
  for (const AttemptView& attempt : look.evidence.attempts)
    if (std::ranges::any_of(attempt.turns, asks))
      return Heard::log_and_comments;
  return Heard::log;
}

// The arming of a run was judged before its dispatch: only what came after it is.
std::vector<PermissionQuery> derive_people_of_run(const TickContext& context, const RunLook& look) {
  auto people = derive_people_to_ask(context, look.record, look.arming, derive_heard(look));
  std::erase_if(people, [&](const PermissionQuery& query) {
    const auto& events = look.record.events;
    const bool edited =
        std::any_of(events.begin() + static_cast<std::ptrdiff_t>(look.arming.position) + 1, events.end(),
                    [&](const IssueEvent& event) {
                      return event.actor.id == query.actor.id && (event.kind == IssueEventKind::title_changed ||
                                                                  event.kind == IssueEventKind::body_changed);
                    });
    const bool commented = std::ranges::any_of(
        look.record.comments, [&](const Comment& comment) { return comment.author.id == query.actor.id; });
    return !edited && !commented;
  });
  return people;
}

} // namespace

void ask_about_people(const TickContext& context, std::span<const RunLook> looks) {
  if (context.people == nullptr)
    return;
  std::vector<PermissionQuery> people;
  for (const RunLook& look : looks)
    std::ranges::copy(derive_people_of_run(context, look), std::back_inserter(people));
  context.people->forget();
  context.people->ask(people);
}

ArmingVerdict judge_arming(const TickContext& context, const RunLook& look) {
  using Arming = Situation::Arming;
  const IssueRecord& record = look.record;
  if (derive_allowed(context.config, record.issue.repository, record.repository_id) == Allowed::no)
    return {Arming::voided,
            fmt::format("{} is not on the allowlist (any more)", render_repository_name(record.issue.repository))};
  if (record.state == IssueState::gone)
    return {};
  const ContentTrust content =
      judge_content(context, record, look.arming, ContentFacts::Stage::during_run, look.card.content_hash);
  return content.verdict == ContentVerdict::voided ? ArmingVerdict{Arming::voided, content.reason} : ArmingVerdict{};
}

std::optional<TrustedAnswer> find_answer(const TickContext& context, const RunLook& look, Timestamp asked_at) {
  std::optional<TrustedAnswer> answer;
  for (const Comment& comment : look.record.comments) {
    const bool is_card =
        comment.author.kind == ActorKind::own_account && comment.body.find("<!-- afk-run-card/") != std::string::npos;
    if (is_card || comment.created_at <= asked_at || comment.edited_at.has_value())
      continue;
    if (judge_actor(context, look.record.issue.repository, comment.author).verdict != ActorVerdict::trusted)
      continue;
    if (!answer)
      answer = TrustedAnswer{comment.body, comment.created_at};
    else
      *answer = TrustedAnswer{answer->text + "\n\n" + comment.body, comment.created_at};
  }
  return answer;
}

} // namespace afk::loop

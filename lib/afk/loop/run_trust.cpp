#include <afk/loop/run_trust.hpp>

#include <afk/loop/actor_judge.hpp>

#include <fmt/format.h>

namespace afk::loop {

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
    if (judge_actor(context, comment.author).verdict != ActorVerdict::trusted)
      continue;
    if (!answer)
      answer = TrustedAnswer{comment.body, comment.created_at};
    else
      *answer = TrustedAnswer{answer->text + "\n\n" + comment.body, comment.created_at};
  }
  return answer;
}

} // namespace afk::loop

#include <afk/loop/refusal.hpp>

#include <afk/core/message.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::loop {

namespace {

const Candidate* find_candidate(const PollLook& look, const IssueRef& issue) {
  for (const RepositoryInput& repository : look.input.repositories)
    for (const Candidate& candidate : repository.candidates)
      if (candidate.issue == issue)
        return &candidate;
  return nullptr;
}

std::string render_mark(const ArmingId& arming, const std::string& gate) {
  return fmt::format("<!-- afk-refused {} {} -->", arming.text, gate);
}

} // namespace

WorthTelling derive_worth_telling(const TickContext& context, const Candidate& candidate, const IssueVerdict& verdict) {
  if (context.config.tracker.kind == TrackerKind::directory || verdict.action != PollAction::skip || !candidate.arming)
    return WorthTelling::no;
  const bool by_trust =
      verdict.gate == "trust" && candidate.arming->labeler.verdict != ActorVerdict::permission_unknown;
  const bool by_content = verdict.gate == "content" && candidate.arming->content.verdict == ContentVerdict::voided;
  return by_trust || by_content ? WorthTelling::yes : WorthTelling::no;
}

std::optional<SayOnce> derive_refusal(const TickContext& context, const PollLook& look, const IssueVerdict& verdict) {
  const Candidate* candidate = find_candidate(look, verdict.issue);
  const auto ready = look.ready.find(verdict.issue);
  if (candidate == nullptr || ready == look.ready.end() || ready->second.record.depth != IssueDepth::whole ||
      derive_worth_telling(context, *candidate, verdict) == WorthTelling::no)
    return std::nullopt;
  SayOnce say;
  say.mark = render_mark(candidate->arming->id, verdict.gate);
  const bool said = std::ranges::any_of(ready->second.record.comments, [&](const Comment& comment) {
    return comment.author.kind == ActorKind::own_account && comment.body.find(say.mark) != std::string::npos;
  });
  if (said)
    return std::nullopt;
  say.body = fmt::format("Nothing was started: {}.\n\nWhat would change it: {}.\n\n{}\n",
                         render_line_for_people(verdict.reason), render_line_for_people(verdict.change), say.mark);
  return say;
}

} // namespace afk::loop

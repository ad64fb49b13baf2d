#pragma once
// Judging the people in an issue's log by the configuration that is in force and by what the forge says they may do:
// shared by both ticks.

#include <afk/core/issue_history.hpp>
#include <afk/core/trust.hpp>
#include <afk/loop/tick_context.hpp>
#include <afk/port/permissions.hpp>

#include <vector>

namespace afk::loop {

// The trust settings with the labeler that the tracker's kind allows.
[[nodiscard]] TrustSettings derive_trust_settings(const Config& config);

// Whose permission the judgements below depend on: who armed, put labels on later, or edited the issue since, and whose
// comments are heard. Nobody where only listed people count.
enum class Heard : std::uint8_t { log, log_and_comments };
[[nodiscard]] std::vector<PermissionQuery> derive_people_to_ask(const TickContext& context, const IssueRecord& record,
                                                                const ArmingRecord& arming, Heard heard);

// Who armed. An arming by our own account counts where a card of the issue recorded it.
[[nodiscard]] ActorTrust judge_arming_actor(const TickContext& context, const IssueRecord& record,
                                            const IssueHistory& history, const ArmingRecord& arming);

// Whoever wrote a comment or edited the issue.
[[nodiscard]] ActorTrust judge_actor(const TickContext& context, const RepositoryName& repository, const Actor& actor);

// The comments that an agent may read: written by trusted people before the arming and not edited since, each behind a
// line that says whose it is. "" where trust.comments lets none in.
[[nodiscard]] std::string gather_comments(const TickContext& context, const IssueRecord& record,
                                          const ArmingRecord& arming);

// Title and body against the arming; `pinned_hash` as the run's card has it, "" before there is one.
[[nodiscard]] ContentTrust judge_content(const TickContext& context, const IssueRecord& record,
                                         const ArmingRecord& arming, ContentFacts::Stage stage,
                                         const std::string& pinned_hash);

} // namespace afk::loop

#pragma once
// The gates of dispatch_policy.hpp that do not depend on what else the tick chooses, in their order. For
// dispatch_policy.cpp alone.
//
//  kill-switch     off                                     question        no question is open
//  allowlist       the repository is listed                paused          not paused
//  record          the issue could be read whole           exclude-labels  none of them is on
//  in-progress     not in flight already                   require-labels  all of them are on
//  card            every card of the issue can be read     sub-issues      no epic, no open sub-issue
//  arming          somebody put the ready label on         blockers        all closed as completed
//  spent           no person put an end to it since        pull-request    none is open for the issue
//  run             it had no run yet                       agent           one was chosen
//  other-run       no other run of the issue lives         hours           open
//  resting         no tick from before it can be alive     cooldown        over
//  trust           by somebody who is trusted              base            not red
//  content         the issue still says what was armed     executor        it can tell that the run is new
//  human           not handed to a person                  listing         the repository's list is whole
//                                                          live-runs       the executors' list is whole

#include <afk/core/policy_input.hpp>
#include <afk/core/policy_verdict.hpp>

#include <string_view>
#include <vector>

namespace afk {

struct GateContext {
  const PolicyInput& input;
  const RepositoryInput& repository;
  const Candidate& candidate;
};

[[nodiscard]] std::vector<GateVerdict> judge_candidate(const GateContext& context);

// The first that fails; null where none does.
[[nodiscard]] const GateVerdict* find_failing_gate(const std::vector<GateVerdict>& gates);

// There must be one of that name.
[[nodiscard]] const GateVerdict& find_gate(const std::vector<GateVerdict>& gates, std::string_view name);

[[nodiscard]] bool same_issue(const IssueRef& left, const IssueRef& right);

// Compared without regard to case.
[[nodiscard]] bool carries_label(const Candidate& candidate, std::string_view label);

} // namespace afk

#pragma once
// How a gate of dispatch_policy.hpp puts its word: shared by the files that judge. For them alone.

#include <afk/core/policy_verdict.hpp>
#include <afk/core/text.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace afk {

[[nodiscard]] inline GateVerdict pass_gate(std::string reason = {}) {
  return {.name = {}, .state = GateState::pass, .reason = std::move(reason), .change = {}};
}

// Why not, and what would change it: two sentences for people, clean.
struct Refusal {
  std::string reason;
  std::string change;
};

[[nodiscard]] inline GateVerdict fail_gate(Refusal refusal) {
  return {
      .name = {}, .state = GateState::fail, .reason = std::move(refusal.reason), .change = std::move(refusal.change)};
}

// There is nothing to judge, and why.
[[nodiscard]] inline GateVerdict leave_gate(std::string reason) {
  return {.name = {}, .state = GateState::not_evaluated, .reason = std::move(reason), .change = {}};
}

[[nodiscard]] inline bool is_read(const Candidate& candidate) {
  return candidate.record_problem.empty() && candidate.left_unread.empty();
}

// What a gate says that needs the whole record where that could not be read.
[[nodiscard]] inline GateVerdict leave_unread() {
  return leave_gate("the issue was not read");
}

// "<sentence>: <problem>", the problem being text from outside; the sentence alone where there is none.
[[nodiscard]] inline std::string with_problem(std::string sentence, std::string_view problem) {
  const std::string clean = clean_single_line(problem);
  return clean.empty() ? sentence : std::move(sentence) + ": " + clean;
}

} // namespace afk

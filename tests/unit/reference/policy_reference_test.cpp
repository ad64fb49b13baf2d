// Holds the poller's policy for a single issue to tests/reference/policy.toml: what is done, the gate that decides, and
// the word of every single gate. It knows derive_dispatch_plan() by its declaration alone. What several issues do to
// each other is in tests/unit/core/dispatch_policy_test.cpp.
//
// Every run looks at all combinations of up to three closed inputs and two whole parts of the space; with AFK_LONG=1 at
// all combinations of up to four.

#include "harness.hpp"
#include "single_issue.hpp"

#include <afk/core/policy_input.hpp>
#include <afk/core/policy_verdict.hpp>

#include <iostream>
#include <map>

namespace afk {

DispatchPlan derive_dispatch_plan(const PolicyInput& input);

} // namespace afk

namespace {

using reference::Answer;
using reference::SingleIssue;
using reference::Space;
using reference::Table;

class Policy {
 public:
  using State = SingleIssue;

  [[nodiscard]] const Space<SingleIssue>& space() const { return space_; }

  void know_gates(const Table& table) {
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      rows_of_gate_[table.rows[row].name] |= std::uint64_t{1} << row;
    }
  }

  [[nodiscard]] Answer answer(const SingleIssue& issue) const {
    return describe(afk::derive_dispatch_plan(make_policy_input(issue)));
  }

  [[nodiscard]] bool agrees(const SingleIssue& issue, const reference::Finding& finding) const {
    const afk::DispatchPlan plan = afk::derive_dispatch_plan(make_policy_input(issue));
    const Answer expected{.row = finding.row.name, .action = finding.then.action, .effect = finding.then.effect};
    return describe(plan) == expected && every_gate_agrees(plan.issues.front(), finding.rows);
  }

 private:
  // A gate fails exactly where the condition of one of its rows holds, whatever was decided.
  [[nodiscard]] bool every_gate_agrees(const afk::IssueVerdict& verdict, std::uint64_t rows) const {
    std::size_t known = 0;
    for (const afk::GateVerdict& gate : verdict.gates) {
      const auto found = rows_of_gate_.find(gate.name);
      if (found == rows_of_gate_.end()) {
        return false;
      }
      ++known;
      const bool fails = gate.state == afk::GateState::fail;
      const bool explained = !fails || (!gate.reason.empty() && !gate.change.empty());
      if (fails != ((found->second & rows) != 0) || !explained) {
        return false;
      }
    }
    return known + 1 == rows_of_gate_.size(); // the last row is no gate
  }

  // The answer of a plan that contradicts itself is one that no table gives.
  static Answer describe(const afk::DispatchPlan& plan) {
    const afk::IssueVerdict& verdict = plan.issues.front();
    const bool acts = verdict.action != afk::PollAction::skip;
    const bool planned = plan.chosen.size() == 1 && plan.chosen.front().action == verdict.action;
    if (plan.issues.size() != 1 || (acts ? !planned : !plan.chosen.empty())) {
      return {.row = "a plan that contradicts itself", .action = {}};
    }
    Answer answer{.row = {}, .action = std::string(afk::render_poll_action(verdict.action))};
    answer.action += acts ? "" : " " + verdict.gate;
    answer.effect = verdict.action == afk::PollAction::dispatch;
    for (const afk::GateVerdict& gate : verdict.gates) {
      if (gate.state == afk::GateState::fail) {
        answer.row = gate.name;
        break;
      }
    }
    return answer;
  }

  Space<SingleIssue> space_ = reference::make_single_issue_space();
  std::map<std::string, std::uint64_t> rows_of_gate_;
};

void check_rows(const Table& table, const reference::Tally& tally) {
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    INFO("row " << row + 1);
    CHECK(tally.states_per_row[row] > 0);
  }
}

} // namespace

TEST_CASE("the policy says of a single issue what the reference says", "[reference]") {
  Policy policy;
  const Table table =
      reference::read_table(std::string(AFK_SOURCE_DIR) + "/tests/reference/policy.toml", policy.space().vocabulary());
  policy.know_gates(table);
  const bool long_run = reference::is_long_run();
  const reference::Tally tally = reference::explore_slices(policy, table, long_run ? 1 : 0);
  reference::print_states({"policy", long_run ? "up to four inputs closed" : "quick slices"}, table, tally);
  CHECK(tally.states >= (long_run ? 500'000U : 100'000U));
  reference::check_agreement(tally);
  check_rows(table, tally);
  const reference::Samples samples = reference::take_samples(policy, table, tally);
  reference::check_mutations("policy", table, tally, samples);
  reference::check_rules(table, samples);
}

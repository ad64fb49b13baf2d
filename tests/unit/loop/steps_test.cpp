// What a dry run prints of each step, and which steps the kill switch stands before.

#include <afk/loop/steps.hpp>

#include <support/catch.hpp>

using namespace afk;
using namespace afk::loop;

TEST_CASE("steps on a forge say what they do, and the kill switch stands before them") {
  struct Case {
    Step step;
    const char* text;
    StepKind kind;
  };

  const IssueRef issue{{"acme", "app"}, 7};
  const std::string branch = "afk/7-abcdefgh";
  NewPullRequest draft{issue, branch, "main", "c0ffee", "Title", "Body", NewPullRequest::Form::draft};
  NewPullRequest ready = draft;
  ready.form = NewPullRequest::Form::ready;
  CheckResult failed;
  failed.name = "unit\n\x1b[2J tests";
  WorkEvidence work;
  work.candidate_head = "c0ffee";
  const PullRequestRef reference{{"acme", "app"}, 12};
  const std::vector<Case> cases{
      {PushCandidate{"local", {}, work, branch}, "push c0ffee to afk/7-abcdefgh", StepKind::starts_work},
      {CreatePullRequest{draft}, "open a draft pull request for afk/7-abcdefgh at c0ffee", StepKind::starts_work},
      {CreatePullRequest{ready}, "open a pull request for afk/7-abcdefgh at c0ffee", StepKind::starts_work},
      {MarkPullRequestReady{reference}, "mark pull request 12 ready", StepKind::starts_work},
      {MergePullRequest{{reference, "c0ffee"}}, "merge pull request 12 at c0ffee", StepKind::starts_work},
      {RerunFailedChecks{{{"acme", "app"}, "c0ffee", "main"}, {failed}},
       "start the failed checks of c0ffee again: unit tests", StepKind::starts_work},
      {DeleteBranch{{{"acme", "app"}, branch, "c0ffee"}}, "delete branch afk/7-abcdefgh at c0ffee",
       StepKind::tidies_up},
      {CloseIssue{}, "close the issue", StepKind::records},
  };
  for (const Case& row : cases) {
    CHECK(render_step(row.step) == row.text);
    CHECK(derive_step_kind(row.step) == row.kind);
  }
}

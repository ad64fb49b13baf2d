#pragma once
// The poller's reading: from the tracker and the executors to the values that the dispatch policy judges. Stages of
// batches; a quiet tick stops after the first.

#include <afk/core/issue_history.hpp>
#include <afk/core/policy_input.hpp>
#include <afk/loop/cooldowns.hpp>
#include <afk/loop/run_look.hpp>
#include <afk/loop/tick_context.hpp>

#include <map>
#include <vector>

namespace afk::loop {

// A ready issue, whole.
struct ReadyIssue {
  IssueRecord record;
  IssueHistory history;
  RepositorySettings settings;
};

struct PollLook {
  TrackerHost host;
  PolicyInput input;
  std::map<IssueRef, ReadyIssue> ready;        // those that could be read
  std::map<IssueRef, std::string> left_unread; // those that were not, because nothing could come of it, and why
  ExecutorLooks executors;
  Cooldowns cooldowns;              // of agents; read where something could be started
  std::vector<IssueRef> unrecorded; // armed by hand; the log has no event for it yet
  std::vector<ReportedError> errors;
};

// Fails only when the tracker itself cannot be read.
Result<PollLook> look_at_ready_issues(const TickContext& context);

// One issue, judged as poll would judge it, ready or not; for `why`.
Result<PollLook> look_at_issue(const TickContext& context, const IssueRef& issue);

} // namespace afk::loop

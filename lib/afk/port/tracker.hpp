#pragma once
// The issue tracker as the loop needs it: batched reads, idempotent writes by target state.
//
// Answers of a batch stand in the order asked, each failing for itself. Errors: `unreachable` and `rate_limited` (try
// again on the next tick), `unauthorized`/`forbidden` (the operator must act), `malformed` (this issue or answer is
// broken: report it, go on with the others), `not_found` (writes only; for reads absence is IssueState::gone).

#include <afk/core/issue.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

enum class Completeness : std::uint8_t { complete, truncated };

struct RepositoryListing {
  RepositoryName repository; // as the tracker spells it
  std::string repository_id;
  Completeness completeness = Completeness::complete;
  std::vector<IssueSummary> issues;
  // Issues that are there but cannot be read (a file broken by hand): reported, never dispatched.
  std::vector<std::pair<IssueRef, Error>> broken;
};

// Which issues a listing holds: those with one of `labels`, compared without regard to case; every issue where none is
// named.
struct ListingQuery {
  std::vector<std::string> labels;
  enum class States : std::uint8_t { open_only, any } states = States::open_only;
};

// Every write sets a target state, so that doing it twice is doing it once; an unknown outcome is read back by the
// adapter before it answers.
class TrackerWrites {
 public:
  virtual ~TrackerWrites() = default;

  enum class LabelTarget : std::uint8_t { on, off };

  virtual Result<void> set_label(const IssueRef& issue, std::string_view label, LabelTarget target) = 0;

  // Answers the id of the new comment.
  virtual Result<std::string> create_comment(const IssueRef& issue, std::string_view body) = 0;

  // The same unless a comment by our own account contains `mark`: then nothing is created and that one's id is
  // answered, so that two ticks at once write one card. The directory tracker does both under its lock.
  virtual Result<std::string> create_comment_once(const IssueRef& issue, std::string_view body,
                                                  std::string_view mark) = 0;

  virtual Result<void> edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) = 0;

  virtual Result<void> close_issue(const IssueRef& issue) = 0;

  // Appends what was edited by hand to the log (the directory tracker; elsewhere there is nothing to do) and answers
  // the log as it is now.
  virtual Result<std::vector<IssueEvent>> record_hand_edits(const IssueRef& issue) = 0;
};

class Tracker {
 public:
  virtual ~Tracker() = default;

  // Stable for the life of the tracker; part of every run's identity. Fails when the tracker was never initialised.
  virtual Result<TrackerHost> fetch_host() = 0;

  // The tracker's clock (Date header), never the machine's where the two can differ.
  virtual Result<Timestamp> fetch_time() = 0;

  virtual std::vector<Result<RepositoryListing>> list_issues(std::span<const RepositoryName> repositories,
                                                             const ListingQuery& query) = 0;

  virtual std::vector<Result<IssueRecord>> fetch_issues(std::span<const IssueRef> issues) = 0;

  // A first look at many ready issues, of which few will be read whole. A tracker for which that costs the same answers
  // whole records: IssueRecord::depth says what came.
  virtual std::vector<Result<IssueRecord>> fetch_armings(std::span<const IssueRef> issues) {
    return fetch_issues(issues);
  }

  // Whole records of issues with a run in flight. A forge that can tell pull requests, checks and deployments of the
  // same issues in the same answer keeps them for its other ports, which then ask nothing.
  virtual std::vector<Result<IssueRecord>> fetch_runs(std::span<const IssueRef> issues) { return fetch_issues(issues); }

  // The writes of our own account.
  virtual TrackerWrites& writes() = 0;
};

} // namespace afk

#pragma once
// Pull requests of a forge, found by their head branch and never by prose.
//
// Answers of a batch stand in the order asked, each failing for itself. Errors: `unreachable` and `rate_limited` (look
// again on the next tick), `unauthorized`/`forbidden` (the operator must act), `conflict` (the head is not the one that
// was named: look again), `refused` (the forge said no, with its reason: protection, a missing review), `malformed`.

#include <afk/core/forge_evidence.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace afk {

struct PullRequestQuery {
  IssueRef issue;
  std::string branch;      // the run's: "afk/<issue>-<run8>", in the same repository
  std::string base_branch; // "" = the repository's default branch
  // For adapters that can answer the checks and deployments of a run in the same request.
  std::string expected_head; // the head that the caller knows; "" where it knows none
};

struct NewPullRequest {
  IssueRef issue;
  std::string branch;
  std::string base_branch;
  std::string head;  // the commit that the branch must be at
  std::string title; // cleaned for people
  std::string body;  // cleaned for people; names issue and run
  enum class Form : std::uint8_t { draft, ready } form = Form::ready;
};

struct PullRequestRef {
  RepositoryName repository;
  std::int64_t number = 0;
};

// What may be done with one only while its head is the commit that was verified.
struct PinnedPullRequest {
  PullRequestRef pull_request;
  std::string head;
};

class PullRequests {
 public:
  virtual ~PullRequests() = default;

  // The newest pull request with that head, an open one before closed ones; nothing where there is none.
  virtual std::vector<Result<std::optional<PullRequestEvidence>>>
  inspect(std::span<const PullRequestQuery> queries) = 0;

  // One that is open for the same head already is a success that is adopted.
  virtual Result<PullRequestEvidence> open(const NewPullRequest& order) = 0;

  virtual Result<void> mark_ready(const PullRequestRef& pull_request) = 0;

  // Merges exactly `head`; merged already is a success, another head is `conflict`.
  virtual Result<void> merge(const PinnedPullRequest& order) = 0;

  // Deletes a run's branch while it still is at `head`; gone already is a success.
  struct BranchAtHead {
    RepositoryName repository;
    std::string branch;
    std::string head;
  };

  virtual Result<void> delete_branch(const BranchAtHead& order) = 0;
};

} // namespace afk

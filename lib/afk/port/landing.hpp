#pragma once
// Where a run's commits are, and moving them: onto the base (landing = push) or to a branch and a pull request.
//
// Errors: `unreachable` (the repository cannot be read now), `conflict` (the base moved, or its work tree is not clean:
// look again), `refused` (said no, with the reason), `io`.

#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk {

enum class PublishedState : std::uint8_t { nothing, branch, draft, open, merged, on_base };

struct PublishedEvidence {
  PublishedState state = PublishedState::nothing;
  std::string head; // the published head; "" for nothing
  std::string link; // pull request or commit, for people
  std::optional<Timestamp> at;
  enum class Closed : std::uint8_t { no, closed_unmerged } pull_request = Closed::no;
};

// What is true of a run's commits at one moment.
struct WorkEvidence {
  std::string base_branch;
  std::string base_head;
  std::string run_head;   // newest head of the run's branch in its workspace; "" when it has no commit of its own
  int commits = 0;        // of the run that are not on the base
  PublishedEvidence published;
  // The head that would land: run_head, or its merge with a base that has moved; "" when there is nothing to land or
  // the merge conflicts. The merge commit is a pure function of its parents, so that it has one id everywhere.
  std::string candidate_head;
  std::vector<std::string> conflicts;       // paths; empty when it merges
  std::vector<std::string> changed_paths;   // between merge base and run_head
  std::vector<std::string> subjects;        // of the run's commits, newest first, at most 20: hostile
};

struct WorkQuery {
  IssueRef issue;
  RunName run;
  int redispatch = 0;
  std::string branch;
};

class Landing {
 public:
  virtual ~Landing() = default;

  // Reads only: writes nothing that outlives the call. Answers in the order asked.
  virtual std::vector<Result<WorkEvidence>> inspect(std::span<const WorkQuery> queries) = 0;

  // The head of the base as it is now; for dispatch and the red-base gate.
  virtual Result<std::string> fetch_base_head(const RepositoryName& repository) = 0;

  // Makes `candidate_head` of this evidence exist where verify turns and pushes can take it from; idempotent.
  virtual Result<void> keep_candidate(const WorkQuery& query, const WorkEvidence& evidence) = 0;

  // Publishes exactly `candidate_head`: onto the base, fast-forward only and only from `base_head`, or to the run's
  // branch with a lease. Already there is a success.
  virtual Result<void> push(const WorkQuery& query, const WorkEvidence& evidence) = 0;
};

} // namespace afk

#pragma once
// Where a run's commits are, and moving them: onto the base (landing = push) or to a branch and a pull request.
//
// Errors: `unreachable` (the repository cannot be read now), `conflict` (the base moved, or its work tree is not clean:
// look again), `refused` (said no, with the reason), `io`.

#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/work_evidence.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace afk {

struct WorkQuery {
  IssueRef issue;
  RunName run;
  int redispatch = 0;
  std::string branch;
};

// Whether `descendant` is `ancestor` or contains it.
struct DescentQuery {
  RepositoryName repository;
  std::string ancestor;
  std::string descendant; // what a deployment says of itself: hostile; an abbreviation counts where it is unambiguous
};

enum class Descent : std::uint8_t { no, yes };

class Landing {
 public:
  virtual ~Landing() = default;

  // Reads only: writes nothing that outlives the call but caches. Answers in the order asked.
  virtual std::vector<Result<WorkEvidence>> inspect(std::span<const WorkQuery> queries) = 0;

  // The head of the base as it is now; for dispatch and the red-base gate.
  virtual Result<std::string> fetch_base_head(const RepositoryName& repository) = 0;

  // Answers in the order asked. A commit that the repository does not have contains nothing.
  virtual std::vector<Result<Descent>> compare(std::span<const DescentQuery> queries) = 0;

  // Makes `candidate_head` of this evidence exist where verify turns and pushes can take it from; idempotent.
  virtual Result<void> keep_candidate(const WorkQuery& query, const WorkEvidence& evidence) = 0;

  // Publishes exactly `candidate_head`: onto the base, fast-forward only and only from `base_head`, or to the run's
  // branch with a lease on `branch_head`. Already there is a success; commits that somebody else put onto the run's
  // branch are never pushed away (`refused`).
  virtual Result<void> push(const WorkQuery& query, const WorkEvidence& evidence) = 0;
};

} // namespace afk

#pragma once
// Check runs, commit statuses and pipelines of a commit.
//
// Answers of a batch stand in the order asked, each failing for itself. Errors as those of pull_requests.hpp.

#include <afk/core/forge_evidence.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace afk {

struct CheckQuery {
  RepositoryName repository;
  std::string head;
  std::string base_branch; // whose protection names the required checks; "" = not asked
};

class Checks {
 public:
  virtual ~Checks() = default;

  // A commit without any check has an empty list; a list that is not complete fails with `too_large`.
  virtual std::vector<Result<HeadChecks>> inspect(std::span<const CheckQuery> queries) = 0;

  // Runs the failed jobs of a head again, where they can be; `refused` where none of them can.
  virtual Result<void> rerun_failed(const CheckQuery& query, std::span<const CheckResult> failed) = 0;

  // The end of what the failed jobs printed, at most `limit` bytes in all: hostile, neither redacted nor fenced yet.
  virtual Result<std::string> fetch_failure_excerpt(const CheckQuery& query, std::span<const CheckResult> failed,
                                                    std::size_t limit) = 0;
};

} // namespace afk

#pragma once
// What a forge itself says of a run's work: its pull request, the checks of a head, a deployment. Values only; texts
// are hostile. Nothing in here is what an agent claims.

#include <afk/core/issue.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk {

enum class PullRequestState : std::uint8_t { draft, open, merged, closed_unmerged };

// `unknown`: the forge has not computed it yet, which counts as unreachable and never as mergeable.
enum class Mergeability : std::uint8_t { unknown, mergeable, conflicting };

// What reviews say; `required`: the branch's protection wants one that is missing.
enum class ReviewState : std::uint8_t { none, required, approved, changes_requested };

struct PullRequestEvidence {
  std::int64_t number = 0;
  PullRequestState state = PullRequestState::open;
  std::string link;
  std::string base_branch;
  std::string head;         // the commit that the forge shows now
  std::string merge_commit; // "" until merged
  Mergeability mergeability = Mergeability::unknown;
  ReviewState review = ReviewState::none;
  Actor author;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> merged_at;
  std::optional<Actor> closed_by; // of one that was closed unmerged, where the forge tells

  friend bool operator==(const PullRequestEvidence&, const PullRequestEvidence&) = default;
};

// One check as it stands. `passed` includes neutral and skipped; whatever is not understood is `unknown`, which is
// waited for and never green.
enum class CheckState : std::uint8_t { pending, passed, failed, unknown };

struct CheckResult {
  std::string name; // hostile
  CheckState state = CheckState::unknown;
  enum class Source : std::uint8_t { check_run, commit_status, pipeline } source = Source::check_run;
  std::string id; // opaque: for a re-run and for the log; "" where there is neither
  enum class Rerun : std::uint8_t { not_possible, possible } rerun = Rerun::not_possible;
  std::string link;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> completed_at;

  friend bool operator==(const CheckResult&, const CheckResult&) = default;
};

// The checks of one commit: of several results with one name only the newest is kept.
struct HeadChecks {
  std::string head;
  std::vector<CheckResult> results;
  // The names that the branch's protection asks for, where the forge tells.
  std::vector<std::string> required_by_forge;

  friend bool operator==(const HeadChecks&, const HeadChecks&) = default;
};

enum class DeploymentState : std::uint8_t { absent, pending, deployed, failed };

// The newest thing that is known about a deployment of the base.
struct DeploymentEvidence {
  DeploymentState state = DeploymentState::absent;
  std::string revision; // the commit that it carries; "" where it does not say
  std::string link;
  std::string problem; // of a failed one: hostile, bounded
  std::optional<Timestamp> at;

  friend bool operator==(const DeploymentEvidence&, const DeploymentEvidence&) = default;
};

} // namespace afk

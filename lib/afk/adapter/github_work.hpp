#pragma once
// What GitHub's words about checks, pull requests and deployments mean: pure tables, the same for both APIs. GraphQL
// writes its words in capitals, REST in small letters.

#include <afk/core/forge_evidence.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// A check run. https://docs.github.com/en/rest/checks/runs
//   not completed: queued, in_progress, waiting, requested, pending     pending
//   success, neutral, skipped                                           passed
//   failure, timed_out, cancelled, startup_failure                      failed
//   action_required (a person has to allow it)                          pending
//   stale, none, anything else                                          unknown
struct GithubCheckFields {
  std::string status;
  std::string conclusion; // "" where there is none
};

[[nodiscard]] CheckState derive_check_state(const GithubCheckFields& fields);

// A commit status: success is passed, failure and error are failed, pending and expected are pending, else unknown.
[[nodiscard]] CheckState derive_status_state(std::string_view state);

// A job of GitHub Actions: its check run's page is …/actions/runs/<run>/job/<job>. Only these can be run again.
struct GithubJob {
  std::string run; // decimal
  std::string job;

  friend bool operator==(const GithubJob&, const GithubJob&) = default;
};

[[nodiscard]] std::optional<GithubJob> try_github_job(std::string_view details_url);

// The id of a check result: "run/<run>/job/<job>/check/<id>" for jobs, "check/<id>" for other check runs.
[[nodiscard]] std::string render_check_id(const std::optional<GithubJob>& job, std::string_view check_run);

struct GithubCheckId {
  std::optional<GithubJob> job;
  std::string check_run;

  friend bool operator==(const GithubCheckId&, const GithubCheckId&) = default;
};

// Absent for what render_check_id does not make: an id goes into addresses.
[[nodiscard]] std::optional<GithubCheckId> parse_check_id(std::string_view id);

// A result with the check suite that a check run belongs to: each workflow run is one, and two workflows may name a job
// alike. "" for commit statuses, and where a check run does not say.
struct GithubCheck {
  CheckResult result;
  std::string suite;

  friend bool operator==(const GithubCheck&, const GithubCheck&) = default;
};

// Of several check runs of one suite and name, and of several statuses of one context, the one that began last; one
// that has not begun is newer than all that have. A check run without a suite replaces none. In the order of their
// names.
[[nodiscard]] std::vector<CheckResult> keep_newest_checks(std::vector<GithubCheck> checks);

// success is deployed, failure and error are failed, inactive says that something newer took its place (absent), the
// others and no status at all are pending; a word that nobody knows is pending too, and never deployed.
[[nodiscard]] DeploymentState derive_deployment_state(std::string_view state);

// The newest that says anything, of a list with the newest first.
[[nodiscard]] DeploymentEvidence choose_deployment(const std::vector<DeploymentEvidence>& newest_first);

// An open one before closed ones, then the newest.
[[nodiscard]] std::optional<PullRequestEvidence> choose_pull_request(std::vector<PullRequestEvidence> all);

} // namespace afk::adapter

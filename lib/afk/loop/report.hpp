#pragma once
// What a tick answers: one value that `--json` and the text output are both rendered from. Nothing is lost: every
// issue that was looked at and every error is in here.

#include <afk/core/ending.hpp>
#include <afk/core/error.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/kill_switch.hpp>
#include <afk/core/policy_verdict.hpp>
#include <afk/core/time.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::loop {

enum class TickCommand : std::uint8_t { poll, watch, tick };

enum class Verdict : std::uint8_t { dispatched, would_dispatch, adopted, skipped, failed };

[[nodiscard]] std::string_view render_verdict(Verdict verdict);

struct EvidenceLink {
  std::string name; // "head", "base", "pull_request", "log"
  std::string value;
};

struct IssueReport {
  IssueRef issue;
  std::string title;              // hostile: cleaned where it is shown
  std::optional<Verdict> verdict; // of poll
  std::string reason;
  std::vector<GateVerdict> gates; // of poll
  std::optional<RunName> run;
  std::optional<TurnName> turn;
  std::optional<std::string> agent;
  std::optional<std::string> executor;
  std::optional<std::string> executor_ref;
  std::optional<std::string> phase;  // of watch, and so are the following
  std::optional<std::string> action; // render_action
  std::optional<int> row;
  std::optional<Ending> terminal; // the run is over, and how
  std::optional<Timestamp> started_at;
  std::optional<int> attempts; // corrective turns that counted
  std::vector<EvidenceLink> evidence;
  std::optional<std::string> step;      // of a run: what its agent did last, as it says
  std::optional<Timestamp> quiet_since; // of a run: no sign of work since then, for long
  std::vector<std::string> writes;      // the steps of the plan, as a dry run announces them
  std::optional<std::string> prompt;    // of a dry run: what the agent would be told; hostile text in its fences
};

struct ReportedError {
  std::optional<IssueRef> issue;
  Error error;
};

struct RequestCount {
  int count = 0;
  std::map<std::string, int> by_host;
  std::optional<int> points;
  std::optional<int> rate_limit_remaining;
};

struct TickReport {
  TickCommand command = TickCommand::poll;
  enum class Mode : std::uint8_t { real, dry_run } mode = Mode::real;
  KillSwitch kill_switch = KillSwitch::on;
  Timestamp started_at;
  Duration duration{0};
  RequestCount requests;
  std::vector<IssueReport> issues;
  std::vector<ReportedError> errors;
  // Nothing could be done at all, because a service that the whole command needs did not answer.
  std::optional<Error> fatal;
  // Why nothing was looked at: the kill switch, an empty allowlist.
  std::string idle_reason;
};

// Both halves of `afk tick` in one.
[[nodiscard]] TickReport merge_reports(TickReport first, TickReport second);

} // namespace afk::loop

// From what a cluster shows of a Job and its pod to the state of a turn, row by row; and what a log says to an order.

#include <afk/adapter/executor_kubernetes_log.hpp>
#include <afk/adapter/pod_carrier_codec.hpp>

#include <support/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace afk::test {
namespace {

using adapter::ContainerRecord;
using adapter::JobRecord;
using adapter::PodRecord;
using adapter::RunEntry;
using Container = ContainerRecord::State;

const std::string run_name = "afk-abcdefghijklmnopqrstuvwx22";
const std::string before(40, 'a');
const std::string after(40, 'b');

JobRecord make_job(int slot, const std::string& entry = "turn", const std::string& turn = "first-abcdefghijkl-0") {
  JobRecord job;
  job.name = run_name + "-" + std::to_string(slot);
  job.uid = "uid";
  job.created_at = parse_timestamp("2026-11-20T12:00:00Z").value();
  job.labels = {{"afk/run", run_name}, {"afk/attempt", run_name}, {"afk/entry", entry}, {"afk/turn", turn}};
  job.annotations = {{"afk/issue", "acme/widget#12"}};
  return job;
}

JobRecord ended(JobRecord::State state, const std::string& reason = "BackoffLimitExceeded") {
  JobRecord job = make_job(1);
  job.state = state;
  job.reason = reason;
  job.ended_at = job.created_at + std::chrono::minutes(10);
  return job;
}

PodRecord make_pod(PodRecord::Phase phase, std::map<std::string, ContainerRecord> containers) {
  PodRecord pod;
  pod.name = run_name + "-1-abcde";
  pod.job = run_name + "-1";
  pod.phase = phase;
  pod.containers = std::move(containers);
  return pod;
}

ContainerRecord running() {
  return {.state = Container::running, .started_at = parse_timestamp("2026-11-20T12:01:00Z").value()};
}

ContainerRecord finished(int code, const std::string& message = "", const std::string& reason = "") {
  return {.state = Container::terminated,
          .reason = reason.empty() ? (code == 0 ? "Completed" : "Error") : reason,
          .message = message,
          .exit_code = code,
          .started_at = parse_timestamp("2026-11-20T12:01:00Z").value(),
          .ended_at = parse_timestamp("2026-11-20T12:05:00Z").value()};
}

ContainerRecord waiting(const std::string& reason) {
  return {.state = Container::waiting, .reason = reason, .message = "back-off"};
}

std::string said(int code, const std::string& problem = "",
                 adapter::CarryReport::TimedOut timed_out = adapter::CarryReport::TimedOut::no) {
  return adapter::render_carry_report(
      {.head_before = before, .head_after = after, .exit_code = code, .timed_out = timed_out, .problem = problem});
}

struct Row {
  std::string name;
  JobRecord job;
  std::optional<PodRecord> pod;
  TurnState state;
  std::optional<TurnOutcome> outcome = std::nullopt;
  std::string excerpt = "";
};

PodRecord disrupted(PodRecord pod, const std::string& reason) {
  pod.reason = reason;
  return pod;
}

std::vector<Row> rows() {
  using Phase = PodRecord::Phase;
  using Job = JobRecord::State;
  const ContainerRecord cloned = finished(0, said(0));
  PodRecord unscheduled = make_pod(Phase::pending, {});
  unscheduled.waiting_for = "Unschedulable: 0/3 nodes are available";
  PodRecord preempted = make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(137)}});
  preempted.disruption = PodRecord::Disruption::yes;
  return {
      {"no pod yet", make_job(1), std::nullopt, TurnState::starting},
      {"not scheduled", make_job(1), unscheduled, TurnState::starting, {}, "nodes are available"},
      {"cloning", make_job(1), make_pod(Phase::pending, {{"clone", running()}}), TurnState::starting},
      {"no image",
       make_job(1),
       make_pod(Phase::pending, {{"clone", cloned}, {"agent", waiting("ImagePullBackOff")}}),
       TurnState::starting,
       {},
       "ImagePullBackOff"},
      {"waiting as usual", make_job(1), make_pod(Phase::pending, {{"clone", waiting("PodInitializing")}}),
       TurnState::starting},
      {"the agent runs", make_job(1), make_pod(Phase::pending, {{"clone", cloned}, {"agent", running()}}),
       TurnState::running},
      {"publishing", make_job(1),
       make_pod(Phase::running, {{"clone", cloned}, {"agent", finished(0)}, {"push", running()}}), TurnState::running},
      {"the Job ended before its pod was seen to", ended(Job::complete),
       make_pod(Phase::running, {{"clone", cloned}, {"agent", finished(0)}, {"push", running()}}), TurnState::running},
      {"a good end", ended(Job::complete),
       make_pod(Phase::succeeded, {{"clone", cloned}, {"agent", finished(0)}, {"push", finished(0, said(0))}}),
       TurnState::ended, TurnOutcome::succeeded},
      {"a good end whose pod is gone", ended(Job::complete), std::nullopt, TurnState::ended, TurnOutcome::succeeded},
      {"an agent that failed", ended(Job::failed),
       make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(0)}, {"push", finished(1, said(3))}}),
       TurnState::ended, TurnOutcome::failed},
      {"an agent that took too long", ended(Job::failed),
       make_pod(Phase::failed, {{"clone", cloned},
                                {"agent", finished(0)},
                                {"push", finished(1, said(143, "", adapter::CarryReport::TimedOut::yes))}}),
       TurnState::ended, TurnOutcome::timed_out},
      {"a push that was refused", ended(Job::failed),
       make_pod(Phase::failed,
                {{"clone", cloned}, {"agent", finished(0)}, {"push", finished(1, said(0, "a protected path"))}}),
       TurnState::ended, TurnOutcome::failed, "a protected path"},
      {"out of memory", ended(Job::failed),
       make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(137, "", "OOMKilled")}}), TurnState::ended,
       TurnOutcome::failed, "memory"},
      {"evicted",
       ended(Job::failed),
       disrupted(make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(137)}}), "Evicted"),
       TurnState::vanished,
       {},
       "Evicted"},
      {"evicted before the agent began",
       ended(Job::failed),
       disrupted(make_pod(Phase::failed, {{"clone", cloned}}), "Evicted"),
       TurnState::lost,
       {},
       "Evicted"},
      {"pre-empted", ended(Job::failed), preempted, TurnState::vanished},
      {"killed by nobody in sight", ended(Job::failed),
       make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(137)}}), TurnState::vanished},
      {"the pod is gone", ended(Job::failed), std::nullopt, TurnState::vanished},
      {"past its deadline", ended(Job::failed, "DeadlineExceeded"), std::nullopt, TurnState::ended,
       TurnOutcome::timed_out},
      {"past its deadline, still being stopped", ended(Job::failed, "DeadlineExceeded"),
       make_pod(Phase::pending, {{"clone", cloned}, {"agent", running()}}), TurnState::running},
      {"a clone that failed",
       ended(Job::failed),
       make_pod(Phase::failed, {{"clone", finished(1, said(0, "the remote is not there"))}}),
       TurnState::lost,
       {},
       "the remote is not there"},
      {"an agent without a shell", ended(Job::failed),
       make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(128, "", "StartError")}}), TurnState::ended,
       TurnOutcome::failed, "StartError"},
      {"a word that is none", ended(Job::failed),
       make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(0)}, {"push", finished(2, "{\"schema\": 9}")}}),
       TurnState::ended, TurnOutcome::failed},
      {"a phase that nobody knows", ended(Job::failed),
       make_pod(Phase::unknown, {{"clone", cloned}, {"agent", running()}}), TurnState::vanished},
  };
}

Order make_order(const std::string& turn, int redispatch = 0) {
  Order order;
  order.run.text = run_name;
  order.turn.text = turn;
  order.redispatch = redispatch;
  return order;
}

} // namespace

TEST_CASE("the state of a turn follows from its Job and its pod") {
  for (const Row& row : rows()) {
    DYNAMIC_SECTION(row.name) {
      const auto log = adapter::derive_log(std::vector{row.job});
      REQUIRE(log.ok());
      const std::vector<PodRecord> pods = row.pod ? std::vector{*row.pod} : std::vector<PodRecord>{};
      const auto sights = adapter::derive_sights(*log, pods);
      REQUIRE(sights.size() == 1);
      const TurnView view = adapter::derive_turn_view(sights.front());
      CHECK(view.state == row.state);
      CHECK(view.outcome == row.outcome);
      CHECK(view.output_excerpt.find(row.excerpt) != std::string::npos);
    }
  }
}

TEST_CASE("the verdict on checks is how their container ended") {
  using Job = JobRecord::State;
  using Phase = PodRecord::Phase;
  const auto see = [](Job state, PodRecord pod) {
    JobRecord job = ended(state);
    job.labels["afk/turn"] = "verify-abcdefghijkl-0";
    job.annotations["afk/verify-head"] = before;
    const auto log = adapter::derive_log(std::vector{job});
    REQUIRE(log.ok());
    const std::vector pods{std::move(pod)};
    return adapter::derive_turn_view(adapter::derive_sights(*log, pods).front());
  };
  const ContainerRecord cloned = finished(0, said(0));
  CHECK(see(Job::complete,
            make_pod(Phase::succeeded, {{"clone", cloned}, {"agent", finished(0)}, {"push", finished(0, said(0))}}))
            .outcome == TurnOutcome::succeeded);
  const TurnView red = see(Job::failed, make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(2)}}));
  CHECK(red.outcome == TurnOutcome::failed);
  CHECK(red.head_after == before);
  CHECK(see(Job::failed, make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(124)}})).outcome ==
        TurnOutcome::timed_out);
  CHECK(see(Job::failed, make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(143)}})).state ==
        TurnState::vanished);
  // A word of success beside a container that ended badly is none.
  CHECK(see(Job::failed,
            make_pod(Phase::failed, {{"clone", cloned}, {"agent", finished(1)}, {"push", finished(0, said(0))}}))
            .outcome == TurnOutcome::failed);
}

TEST_CASE("a usage limit in an agent's log parks its turn") {
  const std::string stamp = "2026-11-20T12:04:00.5Z ";
  const auto activity = adapter::read_agent_log(
      stamp + R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795186800}})" + "\n" +
          stamp +
          R"({"type":"result","subtype":"success","is_error":true,"result":"hit your limit","permission_denials":[]})" +
          "\n",
      AgentOutput::claude_stream, {});
  TurnView view;
  view.state = TurnState::ended;
  view.outcome = TurnOutcome::failed;
  adapter::add_activity(AgentOutput::claude_stream, activity, view);
  CHECK(view.outcome == TurnOutcome::usage_limited);
  REQUIRE(view.limited_until.has_value());
  CHECK(view.limited_until->time_since_epoch() == std::chrono::seconds(1795186800));
}

TEST_CASE("a report never makes the carrier's word too long") {
  AgentReport report;
  report.result = DeclaredResult::blocked;
  report.question = "Which? " + std::string(3900, '"');
  report.step = std::string(200, 's');
  const std::string bytes = adapter::render_carry_report({.problem = std::string(2000, '\\'), .report = report});
  CHECK(bytes.size() <= 4096);
  const auto read = adapter::parse_carry_report(bytes);
  REQUIRE(read.ok());
  REQUIRE(read->report.has_value());
  CHECK(read->report->question.starts_with("Which? "));
  CHECK(read->report->question.ends_with("[cut]"));
}

TEST_CASE("heads come from the containers that the agent cannot write in") {
  const auto log = adapter::derive_log(std::vector{ended(JobRecord::State::complete)});
  REQUIRE(log.ok());
  const std::string forged = adapter::render_carry_report({.head_before = after, .head_after = before});
  const std::vector pods{
      make_pod(PodRecord::Phase::succeeded,
               {{"clone", finished(0, said(0))}, {"agent", finished(0, forged)}, {"push", finished(0, said(0))}})};
  const TurnView view = adapter::derive_turn_view(adapter::derive_sights(*log, pods).front());
  CHECK(view.head_before == before);
  CHECK(view.head_after == after);
}

TEST_CASE("an order is created, adopted, refused or in conflict by what the log says") {
  using Action = adapter::StartPlan::Action;
  const std::string first = "first-abcdefghijkl-0";
  const std::string fix = "fix-abcdefghijkl-0";
  const JobRecord over = ended(JobRecord::State::complete);
  JobRecord seal = make_job(2, "seal");
  seal.labels.erase("afk/turn");
  JobRecord stop = make_job(2, "stop");
  stop.annotations["afk/stopped-slot"] = "1";
  JobRecord redispatch = ended(JobRecord::State::complete);
  redispatch.name = run_name + "-2";
  redispatch.labels["afk/attempt"] = run_name + "-r1";
  const auto plan = [](const std::vector<JobRecord>& jobs, const Order& order) {
    const auto log = adapter::derive_log(jobs);
    REQUIRE(log.ok());
    return adapter::plan_start(*log, {}, order).action;
  };
  CHECK(plan({}, make_order(first)) == Action::create);
  CHECK(plan({make_job(1)}, make_order(first)) == Action::adopt);
  CHECK(plan({make_job(1)}, make_order(fix)) == Action::conflict);
  CHECK(plan({over}, make_order(first)) == Action::adopt);
  CHECK(plan({over}, make_order(fix)) == Action::create);
  CHECK(plan({over, seal}, make_order(first)) == Action::refuse);
  CHECK(plan({over, seal}, make_order(fix)) == Action::refuse);
  CHECK(plan({stop}, make_order(first)) == Action::adopt); // it was stopped, and is not started again
  CHECK(plan({stop}, make_order(fix)) == Action::create);
  CHECK(plan({make_job(1), stop}, make_order(fix)) == Action::conflict); // asked to stop, not gone yet
  CHECK(plan({over, redispatch}, make_order(fix)) == Action::refuse);
  CHECK(plan({over, redispatch}, make_order(fix, 1)) == Action::create);
  CHECK(plan({make_job(1)}, make_order("redispatch-abcdefghijkl-0", 1)) == Action::conflict);
  const auto log = adapter::derive_log(std::vector{stop});
  REQUIRE(log.ok());
  CHECK(adapter::derive_next_slot(*log) == 3);
  CHECK(adapter::derive_next_slot({}) == 1);
}

TEST_CASE("a Job with our label that is not ours stops the look") {
  const auto change = GENERATE(0, 1, 2, 3, 4, 5);
  JobRecord job = make_job(1);
  switch (change) {
  case 0:
    job.name = "somebody-elses";
    break;
  case 1:
    job.labels["afk/run"] = "afk-another";
    break;
  case 2:
    job.labels["afk/entry"] = "party";
    break;
  case 3:
    job.annotations["afk/issue"] = "no issue";
    break;
  case 4:
    job.name = run_name + "-01";
    break;
  default:
    job.labels["afk/turn"] = "$(id)";
  }
  const auto log = adapter::derive_log(std::vector{job});
  REQUIRE_FALSE(log.ok());
  CHECK(log.error().kind == ErrorKind::malformed);
}

TEST_CASE("what a server answers is read or refused, never taken for a success") {
  for (const std::string body :
       {"", "null", "[]", "{}", R"({"items": {}})", R"({"items": [1]})", R"({"items": [{"metadata": {}}]})",
        R"({"items": [{"metadata": {"name": 1, "uid": "u"}}]})",
        R"({"items": [{"metadata": {"name": "n", "uid": "u", "labels": {"a": 1}}}]})",
        R"({"items": [{"metadata": {"name": "n", "uid": "u"}, "status": {"conditions": [1]}}]})",
        R"({"items": [{"metadata": {"name": "n", "uid": "u", "creationTimestamp": "yesterday"}}]})"}) {
    INFO(body);
    CHECK_FALSE(adapter::parse_job_list(body).ok());
  }
  CHECK_FALSE(adapter::parse_job_list(std::string(100'000, '[')).ok());
  const auto unknown = adapter::parse_job_list(
      R"({"items": [{"metadata": {"name": "n", "uid": "u"}, "status": {"conditions": [{"type": "Splendid", "status": "True"},
         {"type": "Complete", "status": "False"}, {"type": "Complete", "status": "Perhaps"}]}}]})");
  REQUIRE(unknown.ok());
  CHECK(unknown->items.front().state == JobRecord::State::live);
}

} // namespace afk::test

#include <afk/adapter/executor_kubernetes_log.hpp>

#include <afk/adapter/agent_stream.hpp>
#include <afk/adapter/pod_carrier_codec.hpp>
#include <afk/core/agent_activity.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace afk::adapter {
namespace {

using Container = ContainerRecord::State;

constexpr std::size_t longest_log_excerpt = std::size_t{16} << 10; // bytes
constexpr int checks_timed_out = 124; // as the script of the checks ends then; below it are their own exit codes
constexpr int killed_by_the_cluster = 128 + 9;
constexpr int terminated_by_the_cluster = 128 + 15;

std::string find_value(const std::map<std::string, std::string>& values, std::string_view key) {
  const auto found = values.find(std::string(key));
  return found == values.end() ? "" : found->second;
}

Error not_ours(const JobRecord& job, std::string_view why) {
  return {.kind = ErrorKind::malformed,
          .message = fmt::format("the Job {} carries afk's label and is not one of its own: {}",
                                 quote_for_display(job.name), why)};
}

std::optional<int> try_slot(std::string_view digits) {
  int slot = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), slot);
  const bool is_number = parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size();
  return is_number && slot > 0 && digits.front() != '0' ? std::optional(slot) : std::nullopt;
}

std::optional<RunEntry::Kind> try_kind(std::string_view text) {
  constexpr std::array names{std::pair{std::string_view("turn"), RunEntry::Kind::turn},
                             std::pair{std::string_view("stop"), RunEntry::Kind::stop},
                             std::pair{std::string_view("seal"), RunEntry::Kind::seal}};
  const auto found = std::ranges::find(names, text, [](const auto& row) { return row.first; });
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

// The notes of a turn and of the stop that stands for it.
Result<void> read_turn_notes(RunEntry& entry) {
  const JobRecord& job = entry.job;
  auto turn = parse_turn_name(find_value(job.labels, job_label::turn));
  auto issue = parse_issue_ref(find_value(job.annotations, job_note::issue));
  if (!turn || !issue) {
    return not_ours(job, turn ? issue.error().message : turn.error().message);
  }
  entry.turn = std::move(turn).value();
  entry.issue = std::move(issue).value();
  if (entry.kind != RunEntry::Kind::stop) {
    return {};
  }
  const auto slot = try_slot(find_value(job.annotations, job_note::stopped_slot));
  if (!slot) {
    return not_ours(job, "it does not say which turn it stopped");
  }
  entry.stopped_slot = *slot;
  entry.head_before = find_value(job.annotations, job_note::head_before);
  if (const auto started = parse_timestamp(find_value(job.annotations, job_note::started_at))) {
    entry.started_at = *started;
  }
  return {};
}

// --- what a pod says of a turn ---

void end_turn(TurnView& view, TurnOutcome outcome, std::string_view why) {
  view.state = TurnState::ended;
  view.outcome = outcome;
  if (!why.empty()) {
    view.output_excerpt = fmt::format("afk: {}", clean_for_terminal(why));
  }
}

// Of a Job whose trusted container has spoken.
void add_verdict(const CarryReport& report, TurnView& view) {
  view.head_before = report.head_before;
  view.head_after = report.head_after;
  view.report = report.report;
  view.report_problem = report.report_problem;
  if (!report.problem.empty()) {
    end_turn(view, TurnOutcome::failed, report.problem);
  } else if (report.timed_out == CarryReport::TimedOut::yes) {
    end_turn(view, TurnOutcome::timed_out, "");
  } else {
    end_turn(view, report.exit_code == 0 ? TurnOutcome::succeeded : TurnOutcome::failed, "");
  }
}

bool was_ended_by_the_cluster(const PodRecord& pod) {
  return pod.disruption == PodRecord::Disruption::yes || pod.phase == PodRecord::Phase::unknown ||
         (!pod.reason.empty() && pod.reason != "DeadlineExceeded");
}

// A Job that failed before its last container could speak.
void explain_failure(const TurnSight& sight, TurnView& view) {
  if (sight.entry->job.reason == "DeadlineExceeded") {
    end_turn(view, TurnOutcome::timed_out, "the Job passed its activeDeadlineSeconds");
    return;
  }
  if (sight.pod == nullptr) {
    view.state = TurnState::vanished;
    return;
  }
  const PodRecord& pod = *sight.pod;
  const ContainerRecord clone = pod.find_container(std::string(pod_container::clone));
  const ContainerRecord agent = pod.find_container(std::string(pod_container::agent));
  const ContainerRecord push = pod.find_container(std::string(pod_container::push));
  if (was_ended_by_the_cluster(pod)) {
    const bool had_begun = agent.state == Container::running || agent.state == Container::terminated;
    view.state = had_begun ? TurnState::vanished : TurnState::lost;
    view.output_excerpt = fmt::format("afk: the cluster ended the pod: {} {}", clean_single_line(pod.reason),
                                      clean_single_line(pod.message));
    return;
  }
  if (agent.state != Container::running && agent.state != Container::terminated) {
    view.state = TurnState::lost;
    const auto said = parse_carry_report(clone.message);
    view.output_excerpt =
        fmt::format("afk: the clone failed: {}", clean_for_terminal(said ? said->problem : clone.reason));
    return;
  }
  const ContainerRecord& last = push.state == Container::terminated ? push : agent;
  if (last.reason == "OOMKilled") {
    end_turn(view, TurnOutcome::failed, "a container used up its memory and was killed");
  } else if (last.exit_code == killed_by_the_cluster || last.exit_code == terminated_by_the_cluster) {
    view.state = TurnState::vanished;
  } else {
    end_turn(view, TurnOutcome::failed,
             fmt::format("a container ended with exit code {} ({})", last.exit_code, last.reason));
  }
}

// Why a pod that should be starting does not.
std::string derive_wait(const PodRecord& pod) {
  if (!pod.waiting_for.empty()) {
    return fmt::format("afk: the pod is not scheduled: {}", clean_single_line(pod.waiting_for));
  }
  for (const auto& [name, container] : pod.containers) {
    const bool is_normal =
        container.reason.empty() || container.reason == "PodInitializing" || container.reason == "ContainerCreating";
    if (container.state == Container::waiting && !is_normal) {
      return fmt::format("afk: the container {} waits: {}: {}", clean_single_line(name),
                         clean_single_line(container.reason), clean_single_line(container.message));
    }
  }
  return "";
}

void add_containers(const PodRecord& pod, TurnView& view) {
  const ContainerRecord clone = pod.find_container(std::string(pod_container::clone));
  const ContainerRecord agent = pod.find_container(std::string(pod_container::agent));
  const ContainerRecord push = pod.find_container(std::string(pod_container::push));
  if (const auto said = parse_carry_report(clone.message)) {
    view.head_before = said->head_before;
  }
  if (agent.started_at) {
    view.started_at = agent.started_at;
    view.last_progress_at = std::max({agent.started_at, agent.ended_at, push.started_at});
  }
  if (agent.state == Container::running || agent.state == Container::terminated) {
    view.state = TurnState::running;
  } else {
    view.output_excerpt = derive_wait(pod);
  }
}

// What the containers of checks say is never asked, only how theirs ended. Answers whether that was the end of them.
bool add_check_verdict(const PodRecord& pod, TurnView& view) {
  const ContainerRecord agent = pod.find_container(std::string(pod_container::agent));
  if (agent.state != Container::terminated || agent.reason == "OOMKilled") {
    return false;
  }
  if (agent.exit_code == checks_timed_out) {
    end_turn(view, TurnOutcome::timed_out, "");
  } else if (agent.exit_code > 0 && agent.exit_code < checks_timed_out) {
    end_turn(view, TurnOutcome::failed, "");
  } else {
    return false;
  }
  view.head_before = view.verify_head;
  view.head_after = view.verify_head;
  return true;
}

// The two lists are not of one moment, and a Job past its deadline ends before its pod does.
bool has_live_pod(const TurnSight& sight) {
  return sight.pod != nullptr &&
         (sight.pod->phase == PodRecord::Phase::pending || sight.pod->phase == PodRecord::Phase::running);
}

} // namespace

std::string derive_job_name(const RunName& run, int slot) {
  return fmt::format("{}-{}", run.text, slot);
}

Result<RunEntry> derive_log_entry(const JobRecord& job) {
  auto attempt = parse_attempt_name(find_value(job.labels, job_label::attempt));
  if (!attempt) {
    return not_ours(job, attempt.error().message);
  }
  const std::string prefix = attempt->run.text + "-";
  const auto slot =
      job.name.starts_with(prefix) ? try_slot(std::string_view(job.name).substr(prefix.size())) : std::nullopt;
  const auto kind = try_kind(find_value(job.labels, job_label::entry));
  if (!slot || !kind || find_value(job.labels, job_label::run) != attempt->run.text) {
    return not_ours(job, "its name does not follow its labels");
  }
  RunEntry entry{.kind = *kind,
                 .slot = *slot,
                 .attempt = std::move(attempt).value(),
                 .agent = find_value(job.annotations, job_note::agent),
                 .model = find_value(job.annotations, job_note::model),
                 .verify_head = find_value(job.annotations, job_note::verify_head),
                 .job = job};
  if (entry.kind != RunEntry::Kind::seal) {
    if (auto read = read_turn_notes(entry); !read) {
      return std::move(read).error();
    }
  }
  return entry;
}

Result<std::vector<RunEntry>> derive_log(std::span<const JobRecord> jobs) {
  std::vector<RunEntry> log;
  log.reserve(jobs.size());
  for (const JobRecord& job : jobs) {
    auto entry = derive_log_entry(job);
    if (!entry) {
      return std::move(entry).error();
    }
    log.push_back(std::move(entry).value());
  }
  std::ranges::sort(log, {}, [](const RunEntry& entry) { return std::pair(entry.attempt.run, entry.slot); });
  return log;
}

std::vector<TurnSight> derive_sights(std::span<const RunEntry> log, std::span<const PodRecord> pods) {
  std::map<int, const RunEntry*> by_slot; // a turn, or the first stop of one that is gone
  for (const RunEntry& entry : log) {
    if (entry.kind == RunEntry::Kind::turn) {
      by_slot[entry.slot] = &entry;
    }
  }
  for (const RunEntry& entry : log) {
    if (entry.kind == RunEntry::Kind::stop) {
      by_slot.try_emplace(entry.stopped_slot, &entry);
    }
  }
  std::vector<TurnSight> sights;
  for (const auto& [slot, entry] : by_slot) {
    TurnSight sight{.entry = entry, .pod = nullptr};
    for (const PodRecord& pod : pods) {
      const bool is_newer = sight.pod == nullptr || pod.created_at >= sight.pod->created_at;
      if (entry->kind == RunEntry::Kind::turn && pod.job == entry->job.name && is_newer) {
        sight.pod = &pod;
      }
    }
    const auto earlier = std::ranges::find_if(sights, [&](const TurnSight& other) {
      return other.entry->attempt == entry->attempt && other.entry->turn == entry->turn;
    });
    if (earlier == sights.end()) {
      sights.push_back(sight);
    } else {
      *earlier = sight;
    }
  }
  return sights;
}

TurnView derive_turn_view(const TurnSight& sight) {
  const RunEntry& entry = *sight.entry;
  TurnView view;
  view.turn = entry.turn;
  view.kind = derive_turn_kind(entry.turn);
  view.verify_head = entry.verify_head;
  if (entry.kind == RunEntry::Kind::stop) {
    view.started_at = entry.started_at;
    view.ended_at = entry.job.created_at;
    view.head_before = entry.head_before;
    view.head_after = entry.head_before;
    end_turn(view, TurnOutcome::interrupted, "");
    return view;
  }
  if (sight.pod != nullptr) {
    add_containers(*sight.pod, view);
  }
  if (entry.job.state == JobRecord::State::live || has_live_pod(sight)) {
    if (!view.started_at) { // so that one which never gets its image is stopped as a stalled one
      view.started_at = entry.job.created_at;
      view.last_progress_at = entry.job.created_at;
    }
    return view;
  }
  view.ended_at = entry.job.ended_at;
  const auto said = sight.pod == nullptr
                        ? Result<CarryReport>(Error{.kind = ErrorKind::not_found, .message = "there is no pod"})
                        : parse_carry_report(sight.pod->find_container(std::string(pod_container::push)).message);
  if (view.kind == TurnKind::verify && sight.pod != nullptr && add_check_verdict(*sight.pod, view)) {
    return view;
  }
  if (said) {
    add_verdict(*said, view);
  } else if (entry.job.state == JobRecord::State::complete) {
    end_turn(view, TurnOutcome::succeeded, ""); // the pod is gone; its last container had ended well
  } else {
    explain_failure(sight, view);
  }
  if (view.state == TurnState::ended && !view.report_problem.empty() && view.outcome == TurnOutcome::succeeded) {
    view.outcome = TurnOutcome::failed;
  }
  if (view.state != TurnState::ended) {
    view.ended_at.reset();
  }
  return view;
}

bool is_turn_live(TurnState state) {
  return state == TurnState::starting || state == TurnState::running || state == TurnState::waiting;
}

bool is_concluded(std::span<const RunEntry> log, const AttemptName& attempt) {
  return std::ranges::any_of(log, [&](const RunEntry& entry) {
    return (entry.kind == RunEntry::Kind::seal && entry.attempt == attempt) ||
           (entry.kind == RunEntry::Kind::turn && entry.attempt.redispatch > attempt.redispatch);
  });
}

int derive_next_slot(std::span<const RunEntry> log) {
  int last = 0;
  for (const RunEntry& entry : log) {
    last = std::max({last, entry.slot, entry.stopped_slot});
  }
  return last + 1;
}

StartPlan plan_start(std::span<const RunEntry> log, std::span<const PodRecord> pods, const Order& order) {
  const AttemptName attempt{.run = order.run, .redispatch = order.redispatch};
  if (is_concluded(log, attempt)) {
    return {.action = StartPlan::Action::refuse};
  }
  StartPlan plan;
  for (const TurnSight& sight : derive_sights(log, pods)) {
    const TurnState state = derive_turn_view(sight).state;
    if (sight.entry->attempt == attempt && sight.entry->turn == order.turn && state != TurnState::lost) {
      return {.action = StartPlan::Action::adopt, .adopted = sight.entry};
    }
    if (is_turn_live(state)) {
      plan.action = StartPlan::Action::conflict;
    }
  }
  return plan;
}

LogTail parse_log_tail(std::string_view bytes) {
  LogTail tail;
  for (const std::string_view line : split_lines(bytes)) {
    const std::size_t blank = line.find(' ');
    const auto moment = parse_timestamp(line.substr(0, blank));
    if (moment) {
      tail.last_at = *moment;
    }
    tail.text += moment && blank != std::string_view::npos ? line.substr(blank + 1) : moment ? "" : line;
    tail.text += '\n';
  }
  if (tail.text.size() > longest_log_excerpt) {
    tail.text.erase(0, tail.text.size() - longest_log_excerpt);
  }
  return tail;
}

AgentActivity read_agent_log(std::string_view bytes, AgentOutput output, const TokenPrices& prices) {
  AgentStream stream(output, prices);
  Timestamp now{};
  for (const std::string_view line : split_lines(bytes)) {
    const std::size_t blank = line.find(' ');
    const auto moment = parse_timestamp(line.substr(0, blank));
    now = moment ? *moment : now;
    stream.feed(moment ? (blank == std::string_view::npos ? "" : line.substr(blank + 1)) : line, now);
    stream.feed("\n", now);
  }
  stream.finish(now);
  return stream.activity();
}

void add_activity(AgentOutput output, AgentActivity activity, TurnView& view) {
  const bool ended_by_itself = view.state == TurnState::ended && view.outcome == TurnOutcome::succeeded;
  const bool has_failed = view.state == TurnState::ended && view.outcome == TurnOutcome::failed;
  if (ended_by_itself || (has_failed && view.report_problem.empty())) {
    const AgentJudgement judgement = judge_agent(output, activity, ended_by_itself ? 0 : 1);
    view.outcome = judgement.outcome;
    if (ended_by_itself && judgement.outcome != TurnOutcome::succeeded) {
      view.output_excerpt = fmt::format("afk: {}", clean_for_terminal(judgement.reason));
    }
  }
  view.limited_until = activity.limited_until;
  if (!activity.message.empty() || !activity.problem.empty()) {
    for (const std::string& text : {activity.message, activity.problem}) {
      const bool is_new = !text.empty() && !view.output_excerpt.ends_with(text);
      view.output_excerpt += is_new ? (view.output_excerpt.empty() ? "" : "\n") + text : "";
    }
  }
  view.last_progress_at = std::max(view.last_progress_at, activity.progressed_at);
  view.activity = std::move(activity);
}

} // namespace afk::adapter

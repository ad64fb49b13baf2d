#include <afk/adapter/supervisor.hpp>

#include <afk/adapter/run_folder.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/supervisor_inside.hpp>
#include <afk/adapter/supervisor_launch.hpp>
#include <afk/adapter/supervisor_step.hpp>
#include <afk/adapter/supervisor_stop.hpp>
#include <afk/adapter/system_clock.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/core/agent_activity.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

// How long the supervisor of the turn before may take between its last word and its end.
constexpr Duration agent_lock_patience = std::chrono::seconds(2);

void set_up_process() {
  if (getsid(0) != getpid()) {
    setsid();
  }
  prctl(PR_SET_DUMPABLE, 0); // its environment holds what the agent may know and other processes of the user may not
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &no_core);
  umask(077);
  signal(SIGPIPE, SIG_IGN); // the tick may be gone when it is told
}

// Where a turn's folder stands: runs/<attempt>/turns/<turn>.
struct TurnPlace {
  AttemptName attempt;
  TurnName turn;
  std::filesystem::path attempt_folder;
  std::filesystem::path run_folder; // of the run's first attempt: its locks are the run's
};

Result<TurnPlace> parse_turn_place(const std::string& path) {
  const std::filesystem::path folder(path);
  const std::filesystem::path attempt_folder = folder.parent_path().parent_path();
  auto attempt = parse_attempt_name(attempt_folder.filename().string());
  if (!attempt) {
    return std::move(attempt).error();
  }
  auto turn = parse_turn_name(folder.filename().string());
  if (!turn) {
    return std::move(turn).error();
  }
  return TurnPlace{.attempt = *attempt,
                   .turn = std::move(turn).value(),
                   .attempt_folder = attempt_folder,
                   .run_folder = attempt_folder.parent_path() / attempt->run.text};
}

std::string describe_step(const TurnStep& step) {
  return step.header.empty() ? "the agent" : fmt::format("the command \"{}\"", step.header);
}

std::string describe_end(const TurnStep& step, const StepEnd& end, const TurnLimits& limits) {
  switch (end.cause) {
  case StepCause::timed_out:
    return fmt::format("stopped after {}, the executor's time limit", render_duration(limits.timeout));
  case StepCause::step_timed_out:
    return fmt::format("{} took too long and was stopped", describe_step(step));
  case StepCause::output_limit:
    return fmt::format("stopped because it printed more than {} bytes", limits.output_bytes);
  case StepCause::disk_limit:
    return fmt::format("stopped because its folders take more than {} bytes, or no room is left", limits.disk_bytes);
  case StepCause::memory_limit:
    return fmt::format("stopped because its processes use more than {} bytes of memory", *limits.memory_bytes);
  case StepCause::process_limit:
    return fmt::format("stopped because it has more than {} processes", *limits.processes);
  case StepCause::interrupted:
    return "stopped on request";
  case StepCause::ended:
    break;
  }
  if (!end.problem.empty()) {
    return fmt::format("{} could not be started: {}", describe_step(step), end.problem);
  }
  if (end.ended_signal) {
    return fmt::format("{} was ended by signal {} ({})", describe_step(step), *end.ended_signal,
                       strsignal(*end.ended_signal));
  }
  if (!end.finding.empty()) {
    return fmt::format("the {} found something: it printed \"{}\"", step.header, end.finding);
  }
  return fmt::format("{} ended with exit code {}", describe_step(step), end.exit_code.value_or(-1));
}

TurnOutcome derive_outcome(const StepEnd& end) {
  switch (end.cause) {
  case StepCause::timed_out:
    return TurnOutcome::timed_out;
  case StepCause::output_limit:
    return TurnOutcome::output_limit;
  case StepCause::disk_limit:
    return TurnOutcome::disk_limit;
  case StepCause::interrupted:
    return TurnOutcome::interrupted;
  case StepCause::memory_limit:
  case StepCause::process_limit:
  case StepCause::step_timed_out:
  case StepCause::ended:
    break;
  }
  return end.succeeded() ? TurnOutcome::succeeded : TurnOutcome::failed;
}

// What the supervisor did to it goes before what it says of itself.
void judge_output(AgentOutput output, const AgentActivity& activity, const StepEnd& end, EndedDocument& ended) {
  if (end.cause != StepCause::ended || !end.problem.empty()) {
    return;
  }
  AgentJudgement judgement = judge_agent(output, activity, end.exit_code);
  ended.outcome = judgement.outcome;
  ended.reason = std::move(judgement.reason);
}

// What the turn says goes before what the supervisor was started with.
EnvironmentVariables merge_variables(EnvironmentVariables environment, const EnvironmentVariables& variables) {
  std::erase_if(environment, [&](const auto& one) { return find_variable(variables, one.first).has_value(); });
  environment.insert(environment.end(), variables.begin(), variables.end());
  return environment;
}

class Supervisor {
 public:
  Supervisor(TurnPlace place, EnvironmentVariables environment, Folder run_folder, Folder attempt_folder,
             Folder turn_folder)
      : place_(std::move(place)), environment_(std::move(environment)), run_folder_(std::move(run_folder)),
        attempt_folder_(std::move(attempt_folder)), turn_folder_(std::move(turn_folder)) {}

  SupervisorExit run() {
    auto turn_lock = SupervisorLock::try_acquire(turn_folder_, turn_entry::supervisor_lock, Duration(0));
    if (!turn_lock) {
      return complain(turn_lock.error());
    }
    if (!turn_lock->has_value()) {
      return SupervisorExit::other_supervisor;
    }
    if (is_there(turn_folder_, turn_entry::started)) {
      return SupervisorExit::started_before;
    }
    if (is_there(attempt_folder_, run_entry::sealed)) {
      return SupervisorExit::sealed;
    }
    auto document = read_turn_document(turn_folder_);
    if (!document) {
      return complain(document.error());
    }
    auto agent_lock = SupervisorLock::try_acquire(run_folder_, run_entry::agent_lock, agent_lock_patience);
    if (!agent_lock) {
      return complain(agent_lock.error());
    }
    if (!agent_lock->has_value()) {
      return SupervisorExit::run_is_busy;
    }
    return start(*document);
  }

 private:
  SupervisorExit start(const TurnDocument& document) {
    auto stop_requests = install_stop_requests();
    if (!stop_requests) {
      return complain(stop_requests.error());
    }
    const Duration started_monotonic = clock_.monotonic();
    const auto own_identity = read_own_identity();
    if (!own_identity) {
      return complain(own_identity.error());
    }
    const StartedDocument started{.supervisor = *own_identity, .at = clock_.now(), .head_before = read_head(document)};
    if (auto written = turn_folder_.write_atomic(turn_entry::started, render_started_document(started), private_file);
        !written) {
      return complain(written.error());
    }
    tell_tick();
    EndedDocument ended;
    ended.started_at = started.at;
    run_steps(document, started_monotonic, *stop_requests, ended);
    ended.ended_at = clock_.now();
    ended.head_after = read_head(document);
    if (auto written = turn_folder_.write_atomic(turn_entry::ended, render_ended_document(ended), private_file);
        !written) {
      return complain(written.error());
    }
    return SupervisorExit::done;
  }

  void run_steps(const TurnDocument& document, Duration started_monotonic, StopRequests& stop_requests,
                 EndedDocument& ended) {
    auto output = OutputLog::open(turn_folder_, document.limits.output_bytes);
    if (!output) {
      ended.reason = output.error().message;
      return;
    }
    auto cgroup = make_cgroup(document);
    auto relay = make_relay(document);
    if (!cgroup || !relay) {
      ended.reason = cgroup ? relay.error().message : cgroup.error().message;
      output->append(fmt::format("afk: {}\n", ended.reason));
      return;
    }
    const EnvironmentVariables environment = merge_variables(environment_, document.variables);
    StepSurroundings surroundings{.document = document,
                                  .environment = environment,
                                  .output = *output,
                                  .stop_requests = stop_requests,
                                  .cgroup = cgroup->has_value() ? &**cgroup : nullptr,
                                  .relay = relay->has_value() ? &**relay : nullptr,
                                  .deadline = started_monotonic + document.limits.timeout};
    for (std::size_t index = 0; index < document.steps.size(); ++index) {
      const TurnStep& step = document.steps[index];
      stop_requests.read_signals();
      if (stop_requests.look() == StopRequest::requested) {
        ended.outcome = TurnOutcome::interrupted;
        ended.reason = fmt::format("stopped on request before {} was started", describe_step(step));
        break;
      }
      if (!step.header.empty()) {
        output->append(fmt::format("$ {}\n", step.header));
      }
      std::optional<ActivityLog> activity;
      if (step.output != AgentOutput::text) {
        activity.emplace(turn_folder_, step.output, step.prices);
      }
      surroundings.activity = activity ? &*activity : nullptr;
      const StepEnd end = run_step(step, surroundings);
      ended.left_behind += end.left_behind;
      if (end.cause == StepCause::memory_limit || end.cause == StepCause::process_limit) {
        // The outcome does not tell; whoever has to mend it reads the log.
        output->append(fmt::format("afk: {}\n", describe_end(step, end, document.limits)));
      }
      ended.output_bytes = output->written();
      const bool may_fail = step.failure == TurnStep::Failure::ignored &&
                            (end.cause == StepCause::ended || end.cause == StepCause::step_timed_out);
      if (may_fail) {
        continue;
      }
      ended.outcome = derive_outcome(end);
      ended.reason = describe_end(step, end, document.limits);
      ended.exit_code = end.exit_code;
      ended.ended_signal = end.ended_signal;
      if (activity) {
        judge_output(step.output, activity->finish(), end, ended);
      }
      if (ended.outcome != TurnOutcome::succeeded) {
        ended.failed_step = static_cast<int>(index);
        break;
      }
    }
    output->sync();
  }

  static Result<std::optional<TurnCgroup>> make_cgroup(const TurnDocument& document) {
    const TurnLimits& limits = document.limits;
    if (limits.cgroup_parent.empty()) {
      return std::optional<TurnCgroup>();
    }
    auto group = TurnCgroup::create(
        limits.cgroup_parent, fmt::format("afk-{}", document.turn.text),
        {.memory_bytes = limits.memory_bytes, .processors = limits.processors, .processes = limits.processes});
    if (!group) {
      return std::move(group).error();
    }
    return std::optional(std::move(group).value());
  }

  Result<std::optional<Relay>> make_relay(const TurnDocument& document) {
    if (document.proxy.empty()) {
      return std::optional<Relay>();
    }
    auto connect = connect_to_address(document.proxy);
    if (!connect) {
      return std::move(connect).error();
    }
    auto listener = listen_at_path(turn_folder_, turn_entry::proxy);
    if (!listener) {
      return std::move(listener).error();
    }
    return std::optional<Relay>(Relay(std::move(listener).value(), std::move(connect).value()));
  }

  Result<StopRequests> install_stop_requests() {
    auto attempt_folder = Folder::open(attempt_folder_.path());
    if (!attempt_folder) {
      return std::move(attempt_folder).error();
    }
    auto turn_folder = Folder::open(turn_folder_.path());
    if (!turn_folder) {
      return std::move(turn_folder).error();
    }
    return StopRequests::install(std::move(attempt_folder).value(), std::move(turn_folder).value());
  }

  [[nodiscard]] std::string read_head(const TurnDocument& document) const {
    if (document.branch.empty()) {
      return "";
    }
    const auto head = read_branch_head(place_.attempt_folder / run_entry::clone, document.branch);
    return head.ok() && head->has_value() ? **head : "";
  }

  static void tell_tick() {
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, &supervisor_has_started, 1);
    if (const UniqueFd null(open("/dev/null", O_WRONLY | O_CLOEXEC)); null.valid()) {
      dup2(null.get(), STDOUT_FILENO); // whoever waits at the other end sees that nothing more will come
    }
  }

  static bool is_there(const Folder& folder, std::string_view name) {
    const auto kind = folder.try_kind(name);
    return !kind.ok() || kind->has_value(); // what cannot be read counts as there: nothing starts then
  }

  static SupervisorExit complain(const Error& error) {
    const std::string line = fmt::format("afk: {}\n", error.message);
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    return SupervisorExit::broken;
  }

  TurnPlace place_;
  EnvironmentVariables environment_;
  Folder run_folder_;
  Folder attempt_folder_;
  Folder turn_folder_;
  SystemClock clock_;
};

Result<Supervisor> open_supervisor(const std::string& path, const EnvironmentVariables& environment) {
  auto place = parse_turn_place(path);
  if (!place) {
    return std::move(place).error();
  }
  auto run_folder = Folder::open(place->run_folder.string());
  if (!run_folder) {
    return std::move(run_folder).error();
  }
  auto attempt_folder = Folder::open(place->attempt_folder.string());
  if (!attempt_folder) {
    return std::move(attempt_folder).error();
  }
  auto turn_folder = Folder::open(path);
  if (!turn_folder) {
    return std::move(turn_folder).error();
  }
  return Supervisor(std::move(place).value(), environment, std::move(run_folder).value(),
                    std::move(attempt_folder).value(), std::move(turn_folder).value());
}

} // namespace

int run_supervise_command(std::span<const std::string> arguments, const EnvironmentVariables& environment) {
  if (!arguments.empty() && arguments.front() == "--agent") {
    return run_launch_command(arguments);
  }
  if (!arguments.empty() && arguments.front() == "--inside") {
    return run_inside_command(arguments);
  }
  if (arguments.size() == 1 && arguments.front() == "--relay") {
    return run_relay_command();
  }
  if (arguments.size() != 1) {
    return static_cast<int>(SupervisorExit::broken);
  }
  set_up_process();
  auto supervisor = open_supervisor(arguments.front(), environment);
  if (!supervisor) {
    const std::string line = fmt::format("afk: {}\n", supervisor.error().message);
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    return static_cast<int>(SupervisorExit::broken);
  }
  return static_cast<int>(supervisor->run());
}

} // namespace afk::adapter

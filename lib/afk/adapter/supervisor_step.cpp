#include <afk/adapter/supervisor_step.hpp>

#include <afk/adapter/supervisor_descendants.hpp>
#include <afk/adapter/supervisor_disk.hpp>
#include <afk/adapter/supervisor_launch.hpp>
#include <afk/adapter/system_clock.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

// Between two rounds of killing; it grows, because what does not die at once waits for a disk.
constexpr Duration shortest_kill_pause = std::chrono::milliseconds(10);
constexpr Duration longest_kill_pause = std::chrono::seconds(1);

constexpr Duration removal_timeout = std::chrono::seconds(30);

// Of the time that passes, at most one part in this many goes into measuring the disk, and as much into counting.
constexpr int measure_share = 20;

EnvironmentVariables derive_step_environment(const TurnStep& step, EnvironmentVariables environment) {
  std::erase_if(environment, [&](const auto& one) {
    return std::ranges::find(step.withheld, one.first) != step.withheld.end() ||
           find_variable(step.variables, one.first).has_value();
  });
  environment.insert(environment.end(), step.variables.begin(), step.variables.end());
  return environment;
}

class StepRun {
 public:
  StepRun(const TurnStep& step, const StepSurroundings& surroundings)
      : step_(step), around_(surroundings), limits_(surroundings.document.limits) {}

  StepEnd run() {
    if (!start()) {
      return std::move(end_);
    }
    while (has_children_) {
      wait_for_something();
      take_output();
      reap();
      if (!child_has_ended_ && end_.cause == StepCause::ended) {
        watch_limits();
      }
      if (child_has_ended_ || (kill_at_ && clock_.monotonic() >= *kill_at_)) {
        kill_descendants();
      }
    }
    take_output();
    remove_container();
    return std::move(end_);
  }

 private:
  bool start() {
    auto pipe = create_pipe();
    if (!pipe || !make_nonblocking(pipe->read_end.get())) {
      end_.problem = "there is no pipe left for its output";
      return false;
    }
    // What is read must not be broken up by what is printed beside it.
    std::optional<Pipe> errors;
    if (around_.activity != nullptr) {
      auto second = create_pipe();
      if (!second || !make_nonblocking(second->read_end.get())) {
        end_.problem = "there is no pipe left for its errors";
        return false;
      }
      errors = std::move(second).value();
    }
    UniqueFd input;
    if (!step_.standard_input.empty()) {
      input = UniqueFd(open(step_.standard_input.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
      if (!input.valid()) {
        end_.problem = describe_system_error("open", step_.standard_input, errno).message;
        return false;
      }
    }
    std::vector<std::string> argv{"afk", "supervise"};
    const auto arguments =
        render_launch_arguments({.supervisor = getpid(),
                                 .file_size_limit = limits_.disk_bytes,
                                 .cgroup_processes = around_.cgroup ? around_.cgroup->processes_file() : "",
                                 .argv = step_.argv});
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto child = spawn({.program = "/proc/self/exe",
                              .argv = std::move(argv),
                              .environment = derive_step_environment(step_, around_.environment),
                              .working_folder = around_.document.working_folder,
                              .standard_input = input.get(),
                              .standard_output = pipe->write_end.get(),
                              .standard_error = errors ? errors->write_end.get() : pipe->write_end.get(),
                              .group = SpawnRequest::Group::own_group});
    if (!child) {
      end_.problem = child.error().message;
      return false;
    }
    child_ = *child;
    output_ = std::move(pipe->read_end);
    if (errors) {
      errors_ = std::move(errors->read_end);
    }
    started_at_ = clock_.monotonic();
    next_look_ = started_at_;
    return true;
  }

  void wait_for_something() {
    const Duration now = clock_.monotonic();
    Duration until = std::min({next_look_, around_.deadline, now + limits_.watch_interval});
    if (has_killed_) {
      until = now + kill_pause_;
    } else if (kill_at_) {
      until = *kill_at_;
    }
    std::vector<pollfd> watched{{.fd = around_.stop_requests.descriptor(), .events = POLLIN, .revents = 0},
                                {.fd = output_.get(), .events = POLLIN, .revents = 0},
                                {.fd = errors_.get(), .events = POLLIN, .revents = 0}};
    if (around_.relay != nullptr) {
      around_.relay->watch(watched);
    }
    const auto pause = std::clamp<std::int64_t>((until - now).count(), 1, 60'000);
    poll(watched.data(), watched.size(), static_cast<int>(pause));
    if (watched[0].revents != 0) {
      around_.stop_requests.read_signals();
    }
    if (around_.relay != nullptr) {
      around_.relay->step();
    }
  }

  void take_output() {
    take_from(output_, around_.activity);
    take_from(errors_, nullptr);
  }

  // A word may come in two pieces.
  void look_for_findings(std::string_view bytes) {
    if (step_.red_when.empty() || !end_.finding.empty()) {
      return;
    }
    seen_.append(bytes);
    std::size_t longest = 1;
    for (const std::string& word : step_.red_when) {
      longest = std::max(longest, word.size());
      if (seen_.find(word) != std::string::npos) {
        end_.finding = word;
        return;
      }
    }
    seen_.erase(0, seen_.size() - std::min(seen_.size(), longest - 1));
  }

  // A bounded amount for each look at the rest of the world: an agent that prints without end is watched all the same.
  void take_from(UniqueFd& source, ActivityLog* reader) {
    constexpr int most_reads = 64;
    static std::array<char, 65536> buffer;
    for (int round = 0; round < most_reads && source.valid(); ++round) {
      const ssize_t count = read(source.get(), buffer.data(), buffer.size());
      if (count > 0) {
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
        if (reader != nullptr) {
          reader->feed(bytes);
        }
        look_for_findings(bytes);
        const auto room = around_.output.append(bytes);
        if (room != OutputLog::Room::left && !child_has_ended_) {
          stop(room == OutputLog::Room::full ? StepCause::output_limit : StepCause::disk_limit);
        } else if (room == OutputLog::Room::full && end_.cause == StepCause::ended) {
          end_.cause = StepCause::output_limit; // it printed too much and was gone before anybody read it
        }
        continue;
      }
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        source.reset(); // nobody holds the other end any more
      }
      return;
    }
  }

  // Children are the step's program and whatever lost its own parent.
  void reap() {
    while (true) {
      int status = 0;
      const pid_t id = waitpid(-1, &status, WNOHANG);
      if (id == 0) {
        return;
      }
      if (id < 0) {
        has_children_ = errno != ECHILD;
        return;
      }
      if (id == child_) {
        child_has_ended_ = true;
        if (WIFEXITED(status)) {
          end_.exit_code = WEXITSTATUS(status);
        } else {
          end_.ended_signal = WTERMSIG(status);
        }
      }
    }
  }

  void watch_limits() {
    const Duration now = clock_.monotonic();
    if (around_.stop_requests.last() == StopRequest::requested) {
      return stop(StepCause::interrupted);
    }
    if (now >= around_.deadline) {
      return stop(StepCause::timed_out);
    }
    if (step_.timeout && now - started_at_ >= *step_.timeout) {
      return stop(StepCause::step_timed_out);
    }
    if (now < next_look_) {
      return;
    }
    next_look_ = now + limits_.watch_interval;
    if (around_.activity != nullptr) {
      around_.activity->save_at_times();
    }
    if (around_.stop_requests.look() == StopRequest::requested) {
      return stop(StepCause::interrupted);
    }
    if (now >= next_count_) {
      const StepCause found = count_use();
      const Duration after = clock_.monotonic();
      next_count_ = after + std::max(limits_.watch_interval, measure_share * (after - now));
      if (found != StepCause::ended) {
        return stop(found);
      }
    }
    if (now >= next_measure_) {
      const DiskUse use = measure_disk();
      const Duration after = clock_.monotonic();
      next_measure_ = after + std::max(limits_.watch_interval, measure_share * (after - now));
      if (use == DiskUse::over_limit) {
        return stop(StepCause::disk_limit);
      }
    }
  }

  DiskUse measure_disk() const {
    std::vector<pid_t> processes;
    for (const ProcessStatus& process : list_own_descendants()) {
      processes.push_back(process.id);
    }
    return measure_disk_use(around_.document.measured_folders, processes, {.bytes = limits_.disk_bytes});
  }

  // Where no control group does it. What happens between two looks is not seen: a limit of the kernel's inside the
  // sandbox is the first line against a program that multiplies.
  StepCause count_use() const {
    if (around_.cgroup != nullptr || (!limits_.memory_bytes && !limits_.processes)) {
      return StepCause::ended;
    }
    const auto descendants = list_own_descendants();
    if (limits_.processes && std::ssize(descendants) > *limits_.processes) {
      return StepCause::process_limit;
    }
    if (limits_.memory_bytes && sum_memory(descendants) > *limits_.memory_bytes) {
      return StepCause::memory_limit;
    }
    return StepCause::ended;
  }

  void stop(StepCause cause) {
    if (kill_at_) {
      return;
    }
    end_.cause = cause;
    // Who takes the machine away from everybody else gets no time for it.
    const bool at_once = cause == StepCause::memory_limit || cause == StepCause::process_limit;
    kill_at_ = clock_.monotonic() + (at_once ? Duration::zero() : limits_.stop_grace);
    for (const ProcessStatus& process : list_own_descendants()) {
      // A sandbox that got the signal would take the agent with it before that had its grace time.
      if (process.id != child_ || step_.child == TurnStep::Child::itself) {
        static_cast<void>(signal_process(process, SIGTERM));
      }
    }
  }

  void kill_descendants() {
    const auto descendants = list_own_descendants();
    if (!has_killed_ && end_.cause == StepCause::ended) {
      end_.left_behind = static_cast<int>(descendants.size());
    }
    kill_pause_ = has_killed_ ? std::min(kill_pause_ * 2, longest_kill_pause) : shortest_kill_pause;
    has_killed_ = true;
    if (around_.cgroup != nullptr) {
      around_.cgroup->kill_all();
    }
    for (const ProcessStatus& process : descendants) {
      static_cast<void>(signal_process(process, SIGKILL));
    }
  }

  // The program that ran the container may have been killed before it could take it away.
  void remove_container() {
    if (step_.removal.empty()) {
      return;
    }
    const auto child = spawn({.program = step_.removal.front(),
                              .argv = step_.removal,
                              .environment = derive_step_environment(step_, around_.environment),
                              .working_folder = "/"});
    const Duration deadline = clock_.monotonic() + removal_timeout;
    while (child && waitpid(*child, nullptr, WNOHANG) == 0) {
      if (clock_.monotonic() >= deadline) {
        kill(*child, SIGKILL);
      }
      clock_.sleep_for(shortest_kill_pause);
    }
  }

  const TurnStep& step_;
  const StepSurroundings& around_;
  const TurnLimits& limits_;
  SystemClock clock_;
  pid_t child_ = -1;
  UniqueFd output_;
  std::string seen_; // the end of what it printed, as far as a word may begin there
  UniqueFd errors_;  // with `activity` alone
  Duration started_at_{};
  Duration next_look_{};
  Duration next_measure_{};
  Duration next_count_{};
  std::optional<Duration> kill_at_;
  bool child_has_ended_ = false;
  bool has_children_ = true;
  bool has_killed_ = false;
  Duration kill_pause_ = shortest_kill_pause;
  StepEnd end_;
};

} // namespace

StepEnd run_step(const TurnStep& step, const StepSurroundings& surroundings) {
  return StepRun(step, surroundings).run();
}

} // namespace afk::adapter

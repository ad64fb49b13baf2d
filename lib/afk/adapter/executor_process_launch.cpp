#include <afk/adapter/executor_process_launch.hpp>

#include <afk/adapter/supervisor.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr int most_supervisors = 3; // of one launch; each but the first replaces one that was killed
constexpr Duration pause_between_looks = std::chrono::milliseconds(5);

class Launch {
 public:
  Launch(const LaunchPlace& place, std::vector<pid_t>& supervisors)
      : place_(place), supervisors_(supervisors), deadline_(place.clock.monotonic() + place.patience) {}

  Result<LaunchOutcome> run() {
    int spawned = 0;
    while (place_.clock.monotonic() < deadline_) {
      const auto sight = look();
      if (!sight) {
        return sight.error();
      }
      if (*sight == Sight::started) {
        return LaunchOutcome::started_by_another;
      }
      if (*sight == Sight::concluded) {
        return LaunchOutcome::concluded;
      }
      if (*sight == Sight::on_its_way) { // sent by a tick that is no more
        place_.clock.sleep_for(pause_between_looks);
        continue;
      }
      if (spawned == most_supervisors) {
        return Error{.kind = ErrorKind::io,
                     .message = fmt::format("{} supervisors ended before they had started", spawned)};
      }
      ++spawned;
      const auto said = spawn_one();
      if (!said) {
        return said.error();
      }
      if (*said == Said::started) {
        return LaunchOutcome::started_by_us;
      }
    }
    return Error{.kind = ErrorKind::unreachable,
                 .message = fmt::format("its supervisor said nothing for {}", render_duration(place_.patience))};
  }

 private:
  enum class Sight : std::uint8_t { nothing, on_its_way, started, concluded };
  enum class Said : std::uint8_t { started, look_again };

  [[nodiscard]] Result<Sight> look() const {
    const auto seal = place_.attempt.read_seal();
    if (!seal) {
      return seal.error();
    }
    const auto supervisor = SupervisorLock::probe(place_.turn_folder, turn_entry::supervisor_lock);
    if (!supervisor) {
      return supervisor.error();
    }
    const auto started = place_.turn_folder.try_kind(turn_entry::started);
    if (!started) {
      return started.error();
    }
    if (started->has_value()) {
      return Sight::started;
    }
    if (*seal == Seal::concluded) {
      return Sight::concluded;
    }
    return *supervisor == SupervisorLock::Holder::present ? Sight::on_its_way : Sight::nothing;
  }

  Result<Said> spawn_one() {
    auto pipe = create_pipe();
    if (!pipe) {
      return std::move(pipe).error();
    }
    const std::string log_name(turn_entry::output);
    const UniqueFd log(openat(place_.turn_folder.descriptor(), log_name.c_str(),
                              O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, private_file.bits));
    if (!log.valid()) {
      return describe_system_error("open", place_.turn_folder.path_of(log_name), errno);
    }
    const auto supervisor = spawn({.program = place_.program,
                                   .argv = {"afk", "supervise", place_.turn_folder.path()},
                                   .environment = place_.environment,
                                   .working_folder = "/",
                                   .standard_output = pipe->write_end.get(),
                                   .standard_error = log.get(),
                                   .group = SpawnRequest::Group::own_session});
    if (!supervisor) {
      return supervisor.error();
    }
    pipe->write_end.reset();
    return listen(*supervisor, pipe->read_end);
  }

  // Its word, or the end of the pipe, which is its own end.
  Result<Said> listen(pid_t supervisor, const UniqueFd& from_supervisor) {
    while (true) {
      pollfd watched{.fd = from_supervisor.get(), .events = POLLIN, .revents = 0};
      const Duration left = deadline_ - place_.clock.monotonic();
      const auto ready = poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
      if (ready == 0) {
        supervisors_.push_back(supervisor);
        return Said::look_again; // the deadline is over
      }
      char word = 0;
      const ssize_t count = ready > 0 ? read(from_supervisor.get(), &word, 1) : -1;
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count == 1 && word == supervisor_has_started) {
        supervisors_.push_back(supervisor);
        return Said::started;
      }
      return judge_exit(supervisor);
    }
  }

  [[nodiscard]] Result<Said> judge_exit(pid_t supervisor) const {
    int status = 0;
    while (waitpid(supervisor, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status)) {
      return Said::look_again; // it was killed
    }
    switch (static_cast<SupervisorExit>(WEXITSTATUS(status))) {
    case SupervisorExit::other_supervisor:
    case SupervisorExit::started_before:
    case SupervisorExit::sealed:
      return Said::look_again;
    case SupervisorExit::run_is_busy:
      return Error{.kind = ErrorKind::conflict, .message = "another turn of this run is live"};
    case SupervisorExit::done:
    case SupervisorExit::broken:
      break;
    }
    return Error{.kind = ErrorKind::io,
                 .message = fmt::format("its supervisor ended with exit code {} before it had started; see {}",
                                        WEXITSTATUS(status), place_.turn_folder.path_of(turn_entry::output))};
  }

  const LaunchPlace& place_;
  std::vector<pid_t>& supervisors_;
  Duration deadline_;
};

} // namespace

Result<LaunchOutcome> launch_supervisor(const LaunchPlace& place, std::vector<pid_t>& supervisors) {
  return Launch(place, supervisors).run();
}

} // namespace afk::adapter

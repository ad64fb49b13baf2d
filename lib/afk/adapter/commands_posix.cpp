#include <afk/adapter/commands_posix.hpp>

#include <afk/adapter/process_identity.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

using MonotonicClock = std::chrono::steady_clock;

constexpr std::string_view standard_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// How long the output of a program that has ended is still read: only a process that has left its group can hold the
// pipe open so long.
constexpr std::chrono::milliseconds drain_time{500};

// A child that reads no more must not end this process: SIGPIPE is held back for the time of the write, and taken.
class HoldPipeSignal {
 public:
  HoldPipeSignal() {
    sigemptyset(&pipe_signal_);
    sigaddset(&pipe_signal_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal_, &before_);
  }

  HoldPipeSignal(const HoldPipeSignal&) = delete;
  HoldPipeSignal& operator=(const HoldPipeSignal&) = delete;

  ~HoldPipeSignal() {
    const timespec at_once{};
    while (sigtimedwait(&pipe_signal_, nullptr, &at_once) == SIGPIPE) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_signal_{};
  sigset_t before_{};
};

class Child {
 public:
  Child(pid_t id, const CommandLine& command, std::array<UniqueFd, 3> streams)
      : id_(id), process_(open_process(id)), command_(command), streams_(std::move(streams)) {}

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  ~Child() {
    if (!reaped_) {
      kill(-id_, SIGKILL);
      waitpid(id_, nullptr, 0);
    }
  }

  Result<CommandOutput> run_to_end() {
    if (!process_.valid()) {
      return describe_system_error("watch", command_.argv.front(), errno);
    }
    const auto deadline = MonotonicClock::now() + command_.timeout;
    while (!reaped_) {
      if (MonotonicClock::now() >= deadline) {
        return Error{.kind = ErrorKind::unreachable,
                     .message =
                         fmt::format("{} did not end within {} and was killed",
                                     render_command_for_display(command_.argv), render_duration(command_.timeout))};
      }
      wait_for_something(deadline);
    }
    drain();
    return std::move(output_);
  }

 private:
  void wait_for_something(MonotonicClock::time_point deadline) {
    std::array<pollfd, 4> watched{{{.fd = process_.get(), .events = POLLIN, .revents = 0},
                                   {.fd = streams_[0].get(), .events = POLLOUT, .revents = 0},
                                   {.fd = streams_[1].get(), .events = POLLIN, .revents = 0},
                                   {.fd = streams_[2].get(), .events = POLLIN, .revents = 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - MonotonicClock::now());
    poll(watched.data(), watched.size(), static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000)));
    if (watched[1].revents != 0) {
      feed();
    }
    if (watched[2].revents != 0) {
      take(streams_[1], output_.standard_output);
    }
    if (watched[3].revents != 0) {
      take(streams_[2], output_.standard_error);
    }
    if (watched[0].revents != 0) {
      reap();
    }
  }

  void feed() {
    const HoldPipeSignal hold;
    const std::string_view rest = std::string_view(command_.standard_input).substr(fed_);
    const ssize_t count = rest.empty() ? 0 : write(streams_[0].get(), rest.data(), rest.size());
    if (count >= 0) {
      fed_ += static_cast<std::size_t>(count);
    }
    // A child that closed its input has decided not to read it; its exit code says what it thinks of that.
    if (fed_ == command_.standard_input.size() || (count < 0 && errno != EAGAIN && errno != EINTR)) {
      streams_[0].reset();
    }
  }

  // Reads once; what is over the limit is dropped, so that the child does not block on a full pipe.
  void take(UniqueFd& stream, std::string& kept) const {
    std::array<char, 65536> buffer{};
    const ssize_t count = read(stream.get(), buffer.data(), buffer.size());
    if (count > 0) {
      const std::size_t room = command_.output_limit - std::min(command_.output_limit, kept.size());
      kept.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      stream.reset();
    }
  }

  // The group is killed while the zombie keeps its number from being given away.
  void reap() {
    siginfo_t information{};
    if (waitid(P_PID, static_cast<id_t>(id_), &information, WEXITED | WNOWAIT) != 0) {
      return;
    }
    kill(-id_, SIGKILL);
    int status = 0;
    if (waitpid(id_, &status, 0) != id_) {
      return;
    }
    reaped_ = true;
    output_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  void drain() {
    const auto deadline = MonotonicClock::now() + drain_time;
    while ((streams_[1].valid() || streams_[2].valid()) && MonotonicClock::now() < deadline) {
      std::array<pollfd, 2> watched{{{.fd = streams_[1].get(), .events = POLLIN, .revents = 0},
                                     {.fd = streams_[2].get(), .events = POLLIN, .revents = 0}}};
      poll(watched.data(), watched.size(), 50);
      if (watched[0].revents != 0) {
        take(streams_[1], output_.standard_output);
      }
      if (watched[1].revents != 0) {
        take(streams_[2], output_.standard_error);
      }
    }
  }

  pid_t id_;
  UniqueFd process_;
  const CommandLine& command_;
  std::array<UniqueFd, 3> streams_; // our ends of the child's 0, 1 and 2
  std::size_t fed_ = 0;
  bool reaped_ = false;
  CommandOutput output_;
};

struct ChildStreams {
  std::array<UniqueFd, 3> ours;
  std::array<UniqueFd, 3> of_child;
};

Result<ChildStreams> create_streams() {
  ChildStreams streams;
  for (std::size_t stream = 0; stream < 3; ++stream) {
    auto pipe = create_pipe();
    if (!pipe) {
      return std::move(pipe).error();
    }
    const bool is_input = stream == 0;
    streams.ours[stream] = std::move(is_input ? pipe->write_end : pipe->read_end);
    streams.of_child[stream] = std::move(is_input ? pipe->read_end : pipe->write_end);
    if (auto done = make_nonblocking(streams.ours[stream].get()); !done) {
      return std::move(done).error();
    }
  }
  return streams;
}

} // namespace

Result<CommandOutput> PosixCommands::run(const CommandLine& command) {
  if (command.argv.empty() || command.argv.front().empty()) {
    return Error{.kind = ErrorKind::not_found, .message = "cannot start a program: the command line is empty"};
  }
  const std::optional<std::string> path = find_variable(command.environment, "PATH");
  const auto program = try_find_program(command.argv.front(), path ? std::string_view(*path) : standard_path);
  if (!program) {
    return Error{.kind = ErrorKind::not_found,
                 .message = fmt::format("cannot start {}: there is no such program in {}",
                                        quote_for_display(command.argv.front()),
                                        quote_for_display(path ? std::string_view(*path) : standard_path))};
  }
  auto streams = create_streams();
  if (!streams) {
    return std::move(streams).error();
  }
  const auto id = spawn({.program = *program,
                         .argv = command.argv,
                         .environment = command.environment,
                         .working_folder = command.working_folder,
                         .standard_input = streams->of_child[0].get(),
                         .standard_output = streams->of_child[1].get(),
                         .standard_error = streams->of_child[2].get(),
                         .group = SpawnRequest::Group::own_group});
  if (!id) {
    return id.error();
  }
  for (UniqueFd& descriptor : streams->of_child) {
    descriptor.reset();
  }
  return Child(*id, command, std::move(streams->ours)).run_to_end();
}

} // namespace afk::adapter

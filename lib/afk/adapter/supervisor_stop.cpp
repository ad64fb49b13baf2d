#include <afk/adapter/supervisor_stop.hpp>

#include <afk/adapter/run_folder.hpp>

#include <cerrno>
#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

namespace afk::adapter {

Result<StopRequests> StopRequests::install(Folder attempt_folder, Folder turn_folder) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) {
    sigaddset(&signals, signal_number);
  }
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) {
    return describe_system_error("block", "signals", errno);
  }
  UniqueFd descriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor.valid()) {
    return describe_system_error("wait for", "signals", errno);
  }
  return StopRequests(std::move(descriptor), std::move(attempt_folder), std::move(turn_folder));
}

void StopRequests::read_signals() {
  signalfd_siginfo information{};
  while (read(signals_.get(), &information, sizeof information) == sizeof information) {
    if (information.ssi_signo != SIGCHLD) {
      last_ = StopRequest::requested;
    }
  }
}

StopRequest StopRequests::look() {
  const auto is_there = [](const Folder& folder, std::string_view name) {
    const auto kind = folder.try_kind(name);
    return kind.ok() && kind->has_value();
  };
  if (last_ == StopRequest::none &&
      (is_there(turn_folder_, turn_entry::stop) || is_there(attempt_folder_, run_entry::sealed))) {
    last_ = StopRequest::requested;
  }
  return last_;
}

} // namespace afk::adapter

#include <afk/cli/stop_signal.hpp>

#include <atomic>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace afk::cli {

namespace {

std::atomic<int> asked = 0;
std::atomic<int> wake_read = -1;
std::atomic<int> wake_write = -1;

void on_stop(int number) {
  if (asked.fetch_add(1) > 0)
    _exit(128 + number);
  const char byte = 0;
  static_cast<void>(!write(wake_write.load(), &byte, 1));
}

void on_last_resort(int /*number*/) {
  constexpr char message[] =
      "afk: the tick's deadline is over and a step still hangs: leaving; the next tick goes on\n";
  static_cast<void>(!write(STDERR_FILENO, message, sizeof message - 1));
  _exit(1);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

} // namespace

void install_stop_signals() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    wake_read = ends[0];
    wake_write = ends[1];
  }
  handle(SIGTERM, on_stop);
  handle(SIGINT, on_stop);
  handle(SIGHUP, on_stop);
  handle(SIGPIPE, SIG_IGN);
}

Asked read_stop_request() {
  return asked.load() > 0 ? Asked::to_stop : Asked::no;
}

int stop_descriptor() {
  return wake_read.load();
}

void arm_last_resort(unsigned seconds) {
  handle(SIGALRM, on_last_resort);
  alarm(seconds);
}

} // namespace afk::cli

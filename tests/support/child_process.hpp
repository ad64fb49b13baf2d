#pragma once
// Parts of a test that need a process of their own: to be killed, to race, or to have no privileges.

#include <csignal>
#include <functional>
#include <stdexcept>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::test {

// Runs `body` in a forked child, which leaves with what it answers (0 to 255) and runs no destructors.
inline pid_t start_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child < 0) {
    throw std::runtime_error("fork failed");
  }
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that fails leaves nobody behind
    int code = 255;
    try {
      code = body();
    } catch (...) {
      code = 254;
    }
    ::_exit(code);
  }
  return child;
}

// The exit code, or 256 and the number of the signal that killed the child.
inline int wait_for_child(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) {
    throw std::runtime_error("waitpid failed");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

// The same in one go, without the privileges of root, for whom permissions do not bind.
inline int run_unprivileged(const std::function<int()>& body) {
  return wait_for_child(start_child([&body] {
    constexpr unsigned nobody = 65534;
    if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) {
      return 253;
    }
    return body();
  }));
}

} // namespace afk::test

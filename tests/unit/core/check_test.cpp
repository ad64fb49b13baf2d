#include <afk/core/check.hpp>
#include <support/catch.hpp>

#include <array>
#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace afk;

TEST_CASE("A check that holds does nothing") {
  check(true, "never seen");
  SUCCEED();
}

TEST_CASE("A check that fails says where and aborts") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    dup2(ends[1], STDERR_FILENO);
    check(false, "the sky is up");
    _exit(0);
  }
  close(ends[1]);
  std::string said;
  std::array<char, 512> buffer{};
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  CHECK(said.find("check_test.cpp:") != std::string::npos);
  CHECK(said.find("check failed: the sky is up") != std::string::npos);
}

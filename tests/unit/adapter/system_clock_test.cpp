#include <afk/adapter/system_clock.hpp>

#include <support/catch.hpp>

#include <set>
#include <string>

#include <unistd.h>

namespace afk::adapter {
namespace {

TEST_CASE("random numbers lie in [0, 1) and random text is hex of the wanted length") {
  SystemRandom random;
  for (int draw = 0; draw < 1000; ++draw) {
    const double number = random.unit();
    CHECK(number >= 0.0);
    CHECK(number < 1.0);
  }
  std::set<std::string> texts;
  for (int draw = 0; draw < 100; ++draw) {
    const std::string text = random.hex(16);
    CHECK(text.size() == 32);
    CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
    texts.insert(text);
  }
  CHECK(texts.size() == 100);
  CHECK(random.hex(0).empty());
}

TEST_CASE("a sleep ends when the process is asked to stop") {
  int ends[2] = {-1, -1};
  REQUIRE(pipe(ends) == 0);
  REQUIRE(write(ends[1], "x", 1) == 1);
  SystemClock clock(SystemClock::WakeDescriptor{ends[0]});
  clock.sleep_for(std::chrono::hours(24)); // the test's time limit is the assertion
  close(ends[0]);
  close(ends[1]);
  SUCCEED();
}

TEST_CASE("the monotonic clock does not run backwards") {
  const SystemClock clock;
  const Duration first = clock.monotonic();
  CHECK(clock.monotonic() >= first);
}

} // namespace
} // namespace afk::adapter

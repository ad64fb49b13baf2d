#include <afk/adapter/system_clock.hpp>

#include <afk/core/check.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>

#include <poll.h>
#include <sys/random.h>

namespace afk::adapter {
namespace {

Duration read_clock(clockid_t clock) {
  timespec moment{};
  check(clock_gettime(clock, &moment) == 0, "the system has its clocks");
  return std::chrono::seconds(moment.tv_sec) + std::chrono::milliseconds(moment.tv_nsec / 1'000'000);
}

void fill_with_random_bytes(std::string& bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    check(count > 0 || errno == EINTR, "the system has random numbers");
    filled += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
}

} // namespace

Timestamp SystemClock::now() const {
  return Timestamp(read_clock(CLOCK_REALTIME));
}

Duration SystemClock::monotonic() const {
  return read_clock(CLOCK_BOOTTIME);
}

void SystemClock::sleep_for(Duration duration) {
  const Duration end = monotonic() + duration;
  for (Duration left = duration; left.count() > 0; left = end - monotonic()) {
    pollfd watched{.fd = wake_.value, .events = POLLIN, .revents = 0};
    const auto step = static_cast<int>(std::min<std::int64_t>(left.count(), 60'000));
    if (poll(&watched, 1, step) != 0) { // readable, or a signal: whoever waits has something to look at
      return;
    }
  }
}

double SystemRandom::unit() {
  std::string bytes(sizeof(std::uint64_t), '\0');
  fill_with_random_bytes(bytes);
  std::uint64_t number = 0;
  for (const char byte : bytes) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return static_cast<double>(number >> 11) * 0x1.0p-53; // 53 bits: every double in [0, 1) of that grid, never 1
}

std::string SystemRandom::hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  fill_with_random_bytes(raw);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes * 2);
  for (const char byte : raw) {
    const auto value = static_cast<unsigned char>(byte);
    text += digits[value >> 4];
    text += digits[value & 0xF];
  }
  return text;
}

} // namespace afk::adapter

#pragma once
// The machine's clocks and its random numbers.

#include <afk/port/clock.hpp>

#include <string>

namespace afk::adapter {

class SystemClock final : public Clock {
 public:
  SystemClock() = default;

  // `wake_descriptor` becomes readable when the process is asked to stop; -1: nobody asks.
  struct WakeDescriptor {
    int value = -1;
  };

  explicit SystemClock(WakeDescriptor wake) : wake_(wake) {}

  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] Duration monotonic() const override; // goes on while the machine is suspended
  void sleep_for(Duration duration) override;

 private:
  WakeDescriptor wake_;
};

class SystemRandom final : public Random {
 public:
  double unit() override;
  std::string hex(std::size_t bytes) override;
};

} // namespace afk::adapter

#pragma once
// Time and chance, injected: nothing else in afk reads a clock or draws a number.

#include <afk/core/time.hpp>

#include <chrono>
#include <string>

namespace afk {

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall clock of this machine; for reports. Decisions use the tracker's (Tracker::fetch_time).
  [[nodiscard]] virtual Timestamp now() const = 0;

  // Monotonic: for deadlines and durations.
  [[nodiscard]] virtual Duration monotonic() const = 0;

  // Returns early when the process was asked to stop.
  virtual void sleep_for(Duration duration) = 0;
};

class Random {
 public:
  virtual ~Random() = default;

  // A number in [0, 1): jitter.
  virtual double unit() = 0;

  // `bytes` random bytes as lower-case hex: ids and fences.
  virtual std::string hex(std::size_t bytes) = 0;
};

} // namespace afk

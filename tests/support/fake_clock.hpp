#pragma once
// A clock that stands still until somebody moves it, and random numbers that are the same in every run. Both may be
// used by several threads at once.

#include <afk/port/clock.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <string>

namespace afk::test {

class FakeClock final : public Clock {
 public:
  // 2026-11-20T12:00:00Z
  static constexpr Timestamp start = Timestamp(std::chrono::seconds(1'795'176'000));

  [[nodiscard]] Timestamp now() const override { return Timestamp(Duration(milliseconds_.load())); }

  [[nodiscard]] Duration monotonic() const override { return now() - start; }

  void sleep_for(Duration duration) override { advance(duration); }

  void advance(Duration duration) { milliseconds_ += duration.count(); }

 private:
  std::atomic<std::int64_t> milliseconds_ = start.time_since_epoch().count();
};

class FakeRandom final : public Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 0) : state_(seed) {}

  double unit() override { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  std::string hex(std::size_t bytes) override {
    std::string text;
    while (text.size() < bytes * 2) {
      text += fmt::format("{:016x}", next());
    }
    text.resize(bytes * 2);
    return text;
  }

 private:
  // splitmix64
  std::uint64_t next() {
    std::uint64_t value = state_.fetch_add(0x9E3779B97F4A7C15U) + 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
  }

  std::atomic<std::uint64_t> state_;
};

} // namespace afk::test

#pragma once
// What stands between a decision and its effect: the kill switch, read last, and the tick's own deadline and stop
// request. Asked before each step; never cached.

#include <cstdint>
#include <string>

namespace afk {

class TickGate {
 public:
  virtual ~TickGate() = default;

  enum class KillSwitch : std::uint8_t { off, on };

  // Configuration and kill_switch_file together; unreadable is `on`.
  virtual KillSwitch read_kill_switch() = 0;

  enum class Time : std::uint8_t { left, short_of_time, stop_requested };

  // Whether another effect may start: enough of the deadline is left to see its answer, and nobody sent SIGTERM.
  virtual Time read_time() = 0;
};

} // namespace afk

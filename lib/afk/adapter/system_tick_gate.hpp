#pragma once
// The gates of a tick on this machine: the kill switch of the configuration and of its file, the deadline, and whether
// somebody asked the process to stop.

#include <afk/core/kill_switch.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/gates.hpp>

#include <functional>
#include <string>

namespace afk::adapter {

struct TickGateSettings {
  KillSwitch configured = KillSwitch::on;
  std::string kill_switch_file; // "" = not used; read again at each question, and whatever is not clearly off is on
  Duration deadline{0};         // from now
  Duration needed{0};           // what one more step may take until its answer is seen
};

class SystemTickGate final : public TickGate {
 public:
  enum class Stop : std::uint8_t { no, requested };

  // `clock` outlives the gate; `read_stop` is asked before each step.
  SystemTickGate(TickGateSettings settings, const Clock& clock, std::function<Stop()> read_stop);

  KillSwitch read_kill_switch() override;
  Time read_time() override;

  // Starts the deadline anew, for the next tick of a command that makes several.
  void start_tick();

 private:
  TickGateSettings settings_;
  const Clock& clock_;
  std::function<Stop()> read_stop_;
  Duration ends_at_{0};
};

} // namespace afk::adapter

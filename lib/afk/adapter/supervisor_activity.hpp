#pragma once
// What a supervisor reads in its agent's output, and where it leaves that for the ticks.

#include <afk/adapter/agent_stream.hpp>
#include <afk/adapter/file_system.hpp>
#include <afk/adapter/system_clock.hpp>

#include <string>
#include <string_view>

namespace afk::adapter {

class ActivityLog {
 public:
  ActivityLog(const Folder& turn_folder, AgentOutput output, TokenPrices prices)
      : turn_folder_(turn_folder), stream_(output, prices) {}

  void feed(std::string_view bytes) { stream_.feed(bytes, clock_.now()); }

  // Writes turns/<turn>/activity.json where something has changed and the last writing is a while ago. Best effort: the
  // next one says more anyway.
  void save_at_times();

  // The whole of it, at the end of the output.
  const AgentActivity& finish();

 private:
  void save();

  const Folder& turn_folder_;
  AgentStream stream_;
  SystemClock clock_;
  std::string saved_;
  Duration next_save_{};
};

} // namespace afk::adapter

#include <afk/adapter/executor_process_stop.hpp>

#include <afk/adapter/run_folder.hpp>

#include <csignal>
#include <vector>

namespace afk::adapter {
namespace {

constexpr Duration pause_between_looks = std::chrono::milliseconds(10);

struct LiveTurn {
  TurnName name;
  Folder folder;
  TurnRecord record;
};

Result<std::vector<LiveTurn>> find_live_turns(const AttemptFolder& attempt) {
  std::vector<LiveTurn> live;
  const auto names = attempt.list_turns();
  if (!names) {
    return names.error();
  }
  ProcessTable processes;
  for (const TurnName& name : *names) {
    auto folder = attempt.try_open_turn(name);
    if (!folder) {
      return std::move(folder).error();
    }
    if (!folder->has_value()) {
      continue;
    }
    auto record = read_turn(**folder, name, processes);
    if (!record) {
      return std::move(record).error();
    }
    if (record->state && is_live(*record->state)) {
      live.push_back({.name = name, .folder = std::move(**folder), .record = std::move(record).value()});
    }
  }
  return live;
}

// The file is the request; the signal makes the supervisor look at once. One that is starting finds the file.
Result<void> ask_to_stop(const LiveTurn& turn) {
  const auto asked = turn.folder.try_kind(turn_entry::stop);
  if (!asked) {
    return asked.error();
  }
  if (!asked->has_value()) {
    if (auto written = turn.folder.append_durable(turn_entry::stop, "", private_file); !written) {
      return written;
    }
  }
  if (turn.record.started) {
    static_cast<void>(signal_process(turn.record.started->supervisor, SIGTERM));
  }
  return {};
}

// Nobody is left to ask for these.
void kill_left_behind(const LiveTurn& turn) {
  const auto supervisor = SupervisorLock::probe(turn.folder, turn_entry::supervisor_lock);
  if (!turn.record.started || !supervisor || *supervisor == SupervisorLock::Holder::present) {
    return;
  }
  ProcessTable processes;
  for (const ProcessStatus& process : find_left_behind(turn.name, turn.record.started->supervisor, processes).named) {
    static_cast<void>(signal_process(process, SIGKILL));
  }
}

} // namespace

Result<void> stop_live_turns(const StopPlace& place, const AttemptName& name) {
  const auto attempt = AttemptFolder::try_open(place.layout, name);
  if (!attempt) {
    return attempt.error();
  }
  if (!attempt->has_value()) {
    return {};
  }
  const Duration deadline = place.clock.monotonic() + place.patience;
  bool is_first_look = true;
  while (true) {
    const auto live = find_live_turns(**attempt);
    if (!live) {
      return live.error();
    }
    for (const LiveTurn& turn : *live) {
      if (is_first_look) {
        if (auto asked = ask_to_stop(turn); !asked) {
          return asked;
        }
      }
      kill_left_behind(turn);
    }
    is_first_look = false;
    if (live->empty() || place.clock.monotonic() >= deadline) {
      return {};
    }
    place.clock.sleep_for(pause_between_looks);
  }
}

} // namespace afk::adapter

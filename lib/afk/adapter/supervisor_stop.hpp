#pragma once
// How a supervisor hears that its turn is to end: a file that stays there whoever dies, and a signal that makes it look
// at once.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>

#include <cstdint>

namespace afk::adapter {

enum class StopRequest : std::uint8_t { none, requested };

class StopRequests {
 public:
  // Blocks SIGTERM, SIGINT, SIGHUP and SIGCHLD in this process, to be read from `descriptor`.
  static Result<StopRequests> install(Folder attempt_folder, Folder turn_folder);

  // Readable when a signal has come, that of an ended child included.
  [[nodiscard]] int descriptor() const { return signals_.get(); }

  void read_signals();

  // A signal that was read, a stop file, or a sealed attempt. What was requested once stays requested.
  [[nodiscard]] StopRequest look();

  // The same without a look at the folders.
  [[nodiscard]] StopRequest last() const { return last_; }

 private:
  StopRequests(UniqueFd signals, Folder attempt_folder, Folder turn_folder)
      : signals_(std::move(signals)), attempt_folder_(std::move(attempt_folder)), turn_folder_(std::move(turn_folder)) {
  }

  UniqueFd signals_;
  Folder attempt_folder_;
  Folder turn_folder_;
  StopRequest last_ = StopRequest::none;
};

} // namespace afk::adapter

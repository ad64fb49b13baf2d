#pragma once

// The exit codes that scripts hold on to.

namespace afk::cli {

enum class ExitCode : int {
  done = 0,        // done, nothing to do, kill switch on; with --wait: every chosen run landed or was handed over
  some_failed = 1, // some work failed, the rest was done; requeue, stop, --wait on an issue that is in no fit state
  usage = 2,       // usage or configuration
  unreachable = 3, // a service that the whole command needs could not be reached
  to_a_person = 4, // --wait: handed to a person
  frozen = 5,      // --wait: frozen
  timeout = 6,     // --wait
};

} // namespace afk::cli

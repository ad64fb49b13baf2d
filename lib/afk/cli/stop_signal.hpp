#pragma once
// SIGTERM, SIGINT and SIGHUP as a value that is asked for: the step under way is finished, then the tick leaves. A
// second signal ends the program at once; every step is safe to be killed in.

#include <cstdint>

namespace afk::cli {

enum class Asked : std::uint8_t { no, to_stop };

// Installs the handlers; SIGPIPE is ignored, so that a closed pipe is an error of the write. Once per process.
void install_stop_signals();

[[nodiscard]] Asked read_stop_request();

// Becomes readable when the process is asked to stop; -1 before install_stop_signals.
[[nodiscard]] int stop_descriptor();

// Ends the process `seconds` from now, whatever it does: the last resort that keeps the tick's deadline. 0: never.
void arm_last_resort(unsigned seconds);

} // namespace afk::cli

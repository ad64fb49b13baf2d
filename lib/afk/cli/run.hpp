#pragma once

// The whole program: arguments in, exit code out. The only catch-all and the only map from outcomes to exit codes.

namespace afk::cli {

[[nodiscard]] int run(int argc, char** argv);

} // namespace afk::cli

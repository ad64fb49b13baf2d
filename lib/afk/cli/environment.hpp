#pragma once
// The process's own environment as a value. The only place that looks at it.

#include <afk/config/environment.hpp>

namespace afk::cli {

[[nodiscard]] config::Environment read_process_environment();

} // namespace afk::cli

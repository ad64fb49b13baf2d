#pragma once
// What `afk init` writes: a configuration that starts nothing until two gates are opened by hand.

#include <string>
#include <string_view>

namespace afk::cli {

[[nodiscard]] std::string render_starter_configuration();

} // namespace afk::cli

#pragma once
// The version of afk: CMake's project version, compiled in.

#include <string_view>

namespace afk::cli {

inline constexpr std::string_view version = AFK_VERSION;

} // namespace afk::cli

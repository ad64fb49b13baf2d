#pragma once
// The version of afk: CMake's project version, compiled in.

#include <string_view>

namespace afk::cli {

extern const std::string_view version;

} // namespace afk::cli

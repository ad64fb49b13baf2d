#include <afk/core/check.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace afk {

void fail_check(std::string_view message, std::source_location where) {
  fmt::print(stderr, "{}:{}: check failed: {}\n", where.file_name(), where.line(), message);
  std::fflush(stderr);
  std::abort();
}

} // namespace afk

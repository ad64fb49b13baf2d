#include <afk/cli/environment.hpp>

#include <string_view>

#include <unistd.h>

namespace afk::cli {

config::Environment read_process_environment() {
  config::Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto sign = text.find('=');
    if (sign != std::string_view::npos)
      environment.emplace_back(text.substr(0, sign), text.substr(sign + 1));
  }
  return environment;
}

} // namespace afk::cli

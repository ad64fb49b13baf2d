// `afk supervise` and nothing else: what executors under test start as their program.

#include <afk/adapter/supervisor.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "supervise") {
    return 2;
  }
  afk::adapter::EnvironmentVariables environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const std::size_t equals = variable.find('=');
    if (equals != std::string_view::npos) {
      environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
    }
  }
  return afk::adapter::run_supervise_command(std::vector<std::string>(argv + 2, argv + argc), environment);
}

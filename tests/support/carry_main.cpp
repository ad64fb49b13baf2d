// `afk carry` and nothing else: what the pods of the executor under test start as their program.

#include <afk/adapter/pod_carrier.hpp>

#include <string>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "carry") {
    return 2;
  }
  return afk::adapter::run_carry_command(std::vector<std::string>(argv + 2, argv + argc));
}

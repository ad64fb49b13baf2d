#include <afk/cli/run.hpp>

int main(int argc, char** argv) {
  return afk::cli::run(argc, argv);
}

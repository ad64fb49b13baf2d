#pragma once
// The rules of the house that a compiler does not keep. Each rule is a pure function of the source tree, so that its
// self test can plant a fault in a made-up tree and see it found.

#include <tidy/source_tree.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace afk::tidy {

struct Finding {
  std::string path;
  std::size_t line = 0; // 0: the file as a whole
  std::string message;
};

using Findings = std::vector<Finding>;

std::string render_findings(const Findings& findings);

// A room includes only the rooms that its arrows reach (lib/README.md draws them); core does no input or output.
Findings check_room_arrows(const SourceTree& tree);
Findings check_core_purity(const SourceTree& tree);

// Each third-party header is included only where it lives, and no header without a home is included anywhere.
Findings check_library_homes(const SourceTree& tree);

// Functions in lib and app have fewer than 70 lines, app/main.cpp has fewer than 25.
Findings check_function_lengths(const SourceTree& tree);
Findings check_main_length(const SourceTree& tree);

// The tests of the reference tables see the tables' input and result types and nothing else of what they judge.
Findings check_reference_tests(const SourceTree& tree);

// The environment and the standard streams belong to cli.
Findings check_environment_and_streams(const SourceTree& tree);

Findings check_pragma_once(const SourceTree& tree);
Findings check_no_unfinished_work(const SourceTree& tree);
Findings check_file_names(const SourceTree& tree);

// Every .cpp file under tests/ lies in a suite's folder or is named in tests/CMakeLists.txt: nothing is left unbuilt.
Findings check_suites(const SourceTree& tree);

} // namespace afk::tidy

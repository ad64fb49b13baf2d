// The rules of the house against the tree as it is.
#include <support/catch.hpp>
#include <support/skip.hpp>

#include <tidy/function_scan.hpp>
#include <tidy/rules.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace afk::tidy {
namespace {

const SourceTree& tree() {
  static const SourceTree files = read_source_tree(AFK_SOURCE_DIR);
  return files;
}

struct Rule {
  const char* name;
  Findings (*check)(const SourceTree&);
};

// Runs a program through the shell; what it prints goes to the test's own output.
bool succeeds(const std::string& command) {
  return std::system(command.c_str()) == 0;
}

std::string quoted_paths(std::string_view ending) {
  std::string paths;
  for (const SourceFile& file : tree()) {
    if (file.path.ends_with(ending)) {
      paths += " '" + file.path + "'";
    }
  }
  return paths;
}

} // namespace

TEST_CASE("the tree keeps the rules of the house") {
  const auto rule = GENERATE(values<Rule>({
      {"room arrows", check_room_arrows},
      {"core is pure", check_core_purity},
      {"homes of libraries", check_library_homes},
      {"function length", check_function_lengths},
      {"length of main", check_main_length},
      {"reference tests", check_reference_tests},
      {"environment and streams", check_environment_and_streams},
      {"pragma once", check_pragma_once},
      {"no unfinished work", check_no_unfinished_work},
      {"file names", check_file_names},
      {"suites", check_suites},
  }));
  DYNAMIC_SECTION(rule.name) {
    const Findings findings = rule.check(tree());
    INFO(render_findings(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("the tree was read and measured") {
  std::size_t files = 0;
  std::size_t reference_tests = 0;
  std::size_t functions = 0;
  Function longest;
  for (const SourceFile& file : tree()) {
    if (lies_in(file, "tests/unit/reference/")) {
      ++reference_tests;
    }
    if (is_cpp(file) && (lies_in(file, "lib/") || lies_in(file, "app/"))) {
      ++files;
      const FunctionScan scan = scan_functions(file.text);
      functions += scan.functions.size();
      for (const Function& function : scan.functions) {
        longest = function.lines() > longest.lines() ? function : longest;
      }
    }
  }
  std::cout << "measured " << functions << " functions in " << files << " files; the longest has " << longest.lines()
            << " lines: " << longest.head << '\n';
  CHECK(files > 0);
  CHECK(reference_tests > 0);
  CHECK(functions > files);
}

TEST_CASE("the C++ files are formatted") {
  if (!succeeds("command -v clang-format-19 >/dev/null")) {
    test::skip("clang-format-19 is not installed");
    return;
  }
  const std::string files = quoted_paths(".cpp") + quoted_paths(".hpp");
  CHECK(succeeds(
      "cd '" AFK_SOURCE_DIR "' && for file in" + files +
      "; do clang-format-19 \"$file\" | cmp -s - \"$file\" || { echo \"not formatted: $file\"; bad=1; }; done; "
      "test -z \"${bad-}\""));
}

TEST_CASE("the shell scripts parse") {
  const std::string scripts = quoted_paths(".sh") + " .ci/run";
  CHECK(succeeds("cd '" AFK_SOURCE_DIR "' && for script in" + scripts + "; do bash -n \"$script\" || exit 1; done"));
}

} // namespace afk::tidy

// Rules about what stands in a file and what the file is called.
#include <tidy/rules.hpp>

#include <tidy/code_view.hpp>
#include <tidy/function_scan.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace afk::tidy {
namespace {

constexpr std::size_t function_limit = 70;
constexpr std::size_t main_limit = 25;

bool is_product(const SourceFile& file) {
  return is_cpp(file) && (lies_in(file, "lib/") || lies_in(file, "app/"));
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

} // namespace

std::string render_findings(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
  }
  return text;
}

Findings check_function_lengths(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!is_product(file)) {
      continue;
    }
    const FunctionScan scan = scan_functions(file.text);
    if (scan.problem) {
      findings.push_back({file.path, 0, "the functions cannot be measured: " + *scan.problem});
    }
    for (const Function& function : scan.functions) {
      if (function.lines() >= function_limit) {
        findings.push_back({file.path, function.first_line,
                            std::to_string(function.lines()) + " lines, 69 are the most: " + function.head});
      }
    }
  }
  return findings;
}

Findings check_main_length(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (file.path == "app/main.cpp" && lines >= main_limit) {
      findings.push_back({file.path, 0, "has " + std::to_string(lines) + " lines, 24 are the most"});
    }
  }
  return findings;
}

Findings check_environment_and_streams(const SourceTree& tree) {
  static const std::array<const char*, 10> words = {"getenv",    "secure_getenv", "environ", "std::cout",
                                                    "std::cerr", "std::clog",     "printf",  "std::puts",
                                                    "putchar",   "std::print"};
  Findings findings;
  for (const SourceFile& file : tree) {
    // A failed check reports and aborts from wherever it is.
    if (!is_product(file) || lies_in(file, "lib/afk/cli/") || file.path == "lib/afk/core/check.cpp") {
      continue;
    }
    const std::string code = blank_comments_and_literals(file.text);
    for (const char* const word : words) {
      for (const std::size_t line : find_word(code, word)) {
        findings.push_back({file.path, line, std::string(word) + " is for cli alone"});
      }
    }
  }
  return findings;
}

Findings check_pragma_once(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (is_header(file) && !file.text.starts_with("#pragma once\n")) {
      findings.push_back({file.path, 1, "a header starts with #pragma once"});
    }
  }
  return findings;
}

Findings check_no_unfinished_work(const SourceTree& tree) {
  // Put together here, or this file would be found.
  static const std::array<std::string, 4> marks = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                                   std::string("XX") + "X", std::string("HA") + "CK"};
  Findings findings;
  for (const SourceFile& file : tree) {
    for (const std::string& mark : marks) {
      for (const std::size_t line : find_word(file.text, mark)) {
        findings.push_back({file.path, line, "finish it, or open an issue: " + mark});
      }
    }
  }
  return findings;
}

Findings check_file_names(const SourceTree& tree) {
  static const std::regex snake_case(R"((?:[a-z0-9_]+/)*[a-z0-9_]+(?:\.[a-z0-9_]+)?)");
  static const std::regex by_convention(R"((?:.*/)?(?:CMakeLists\.txt|README\.md))");
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool has_rule = (lies_in(file, "lib/") || lies_in(file, "app/") || lies_in(file, "cmake/") ||
                           (lies_in(file, "tests/") && !lies_in(file, "tests/golden/")));
    if (has_rule && !std::regex_match(file.path, snake_case) && !std::regex_match(file.path, by_convention)) {
      findings.push_back({file.path, 0, "files and folders are named in snake_case"});
    }
  }
  return findings;
}

Findings check_suites(const SourceTree& tree) {
  static const std::regex suite(R"(afk_suite\(\w+\s+FOLDER\s+([\w/]+))");
  static const std::regex named(R"([\w/]+\.cpp)");
  std::set<std::string> built; // folders and files
  for (const SourceFile& file : tree) {
    if (file.path == "tests/CMakeLists.txt") {
      const auto collect = [&](const std::regex& pattern, std::size_t group) {
        for (auto match = std::sregex_iterator(file.text.begin(), file.text.end(), pattern);
             match != std::sregex_iterator(); ++match) {
          built.insert("tests/" + (*match)[group].str());
        }
      };
      collect(suite, 1);
      collect(named, 0);
    }
  }
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool is_test = lies_in(file, "tests/") && file.path.ends_with(".cpp");
    if (is_test && !built.contains(folder_of(file.path)) && !built.contains(file.path)) {
      findings.push_back({file.path, 0, "belongs to no suite or program of tests/CMakeLists.txt"});
    }
  }
  return findings;
}

} // namespace afk::tidy

#pragma once
// Finds where functions begin and end, well enough to measure them: a scanner of braces, no compiler.
//
// It knows namespaces, classes, constructors with initialiser lists, operators, templates, initialisers and lambdas at
// namespace scope. A lambda inside a function belongs to that function. What it cannot make sense of it says.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::tidy {

struct Function {
  std::string head; // what stands before the brace, in one line
  std::size_t first_line = 0;
  std::size_t last_line = 0;

  [[nodiscard]] std::size_t lines() const { return last_line - first_line + 1; }
};

struct FunctionScan {
  std::vector<Function> functions;
  std::optional<std::string> problem; // braces that do not match: nothing can be said about this file
};

FunctionScan scan_functions(std::string_view text);

} // namespace afk::tidy

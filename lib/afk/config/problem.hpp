#pragma once
// What is wrong with a configuration: where, which key, what, and what would be right.

#include <afk/config/node.hpp>
#include <afk/core/error.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace afk::config {

struct Problem {
  std::string file;     // as the caller named it; empty where a variable is to blame
  Position position;    // in the file; line 0: the file as a whole
  std::string variable; // name of an environment variable; empty where the file is to blame
  std::string key;      // "policy.max_in_flight"; empty for the text as a whole
  std::string message;
  std::string hint; // what would be right; may be empty

  friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

// "afk.toml:3:1: policy.max_in_fligt: no such key", and the hint on an indented line of its own. No line end behind it.
[[nodiscard]] std::string render_problem(const Problem& problem);

// All of them as one error of kind `configuration`.
[[nodiscard]] Error derive_error(const Problems& problems);

// In the order of the file, then variables by name; exact repetitions go.
void sort_problems(Problems& problems);

} // namespace afk::config

#include <afk/config/problem.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace afk::config {
namespace {

std::string render_place(const Problem& problem) {
  if (!problem.variable.empty()) {
    return fmt::format("environment variable {}", clean_single_line(problem.variable));
  }
  const std::string file = clean_single_line(problem.file);
  const Position& position = problem.position;
  return position.line == 0 ? file : fmt::format("{}:{}:{}", file, position.line, position.column);
}

} // namespace

std::string render_problem(const Problem& problem) {
  std::string text = render_place(problem);
  if (!problem.key.empty()) {
    text += fmt::format(": {}", problem.key);
  }
  text += fmt::format(": {}", problem.message);
  if (!problem.hint.empty()) {
    text += fmt::format("\n    {}", problem.hint);
  }
  return text;
}

Error derive_error(const Problems& problems) {
  std::string text = problems.size() == 1 ? "the configuration has a problem:"
                                          : fmt::format("the configuration has {} problems:", problems.size());
  for (const Problem& problem : problems) {
    text += fmt::format("\n{}", render_problem(problem));
  }
  return Error{.kind = ErrorKind::configuration, .message = std::move(text)};
}

void sort_problems(Problems& problems) {
  const auto rank = [](const Problem& problem) {
    return std::tie(problem.variable, problem.file, problem.position, problem.key, problem.message);
  };
  std::ranges::stable_sort(problems,
                           [&rank](const Problem& left, const Problem& right) { return rank(left) < rank(right); });
  problems.erase(std::ranges::unique(problems).begin(), problems.end());
}

} // namespace afk::config

#pragma once
// Configurations for tests: read without a file system, from an environment that the test writes down.

#include <afk/config/parse_configuration.hpp>

#include <support/catch.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace afk::config::test {

inline const Environment home_only{{"HOME", "/home/you"}};

// The smallest configuration without a problem.
inline constexpr std::string_view smallest = "[tracker]\nurl = \"tracker\"\n[checks]\nmode = \"none\"\n";
inline constexpr std::string_view smallest_forge =
    "[tracker]\nkind = \"github\"\ntoken_command = [\"cat\", \"token\"]\n";

inline Sources make_sources(std::string_view text, Environment environment = home_only) {
  return Sources{.text = text, .file_name = "afk.toml", .folder = "/etc/afk", .environment = std::move(environment)};
}

inline std::string render_problems(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += render_problem(problem) + "\n";
  }
  return text;
}

// For configurations that are expected to be right: what is wrong is said where it is not.
inline Loaded load(std::string_view text, Environment environment = home_only) {
  auto loaded = parse_configuration(make_sources(text, std::move(environment)));
  if (!loaded) {
    FAIL(render_problems(loaded.error()));
  }
  return *std::move(loaded);
}

inline std::string refuse(std::string_view text, Environment environment = home_only) {
  const auto loaded = parse_configuration(make_sources(text, std::move(environment)));
  return loaded ? std::string("(no problem)") : render_problems(loaded.error());
}

inline std::string with(std::string_view base, std::string_view more) {
  return std::string(base) + std::string(more);
}

} // namespace afk::config::test

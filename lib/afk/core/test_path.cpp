#include <afk/core/test_path.hpp>

#include <algorithm>
#include <array>

namespace afk {

namespace {

constexpr std::array<std::string_view, 6> folders{"test", "tests", "__tests__", "spec", "specs", "testdata"};
constexpr std::array<std::string_view, 6> beginnings{"test_", "test-", "test.", "spec_", "spec-", "spec."};
constexpr std::array<std::string_view, 10> endings{"_test", "-test", ".test", "_tests", "_spec",
                                                   "-spec", ".spec", "Test",  "Tests",  "Spec"};

bool is_test_folder(std::string_view name) {
  return std::ranges::find(folders, name) != folders.end();
}

bool is_test_file(std::string_view name) {
  const std::string_view stem = name.substr(0, name.rfind('.'));
  return std::ranges::any_of(beginnings, [&](std::string_view one) { return name.starts_with(one); }) ||
         std::ranges::any_of(endings, [&](std::string_view one) { return stem.ends_with(one); });
}

} // namespace

bool is_test_path(std::string_view path) {
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (is_test_folder(path.substr(0, slash)))
      return true;
    path.remove_prefix(slash + 1);
  }
  return is_test_file(path);
}

} // namespace afk

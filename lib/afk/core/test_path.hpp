#pragma once
// Which files of a repository are tests, by the names that languages and people have agreed on.

#include <string_view>

namespace afk {

// A folder "test", "tests", "__tests__", "spec", "specs" or "testdata" anywhere in the path, or a file name such as
// "x_test.go", "test_x.py", "x.test.ts", "XTest.java" or "x_spec.rb".
[[nodiscard]] bool is_test_path(std::string_view path);

} // namespace afk

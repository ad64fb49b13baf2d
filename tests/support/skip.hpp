#pragma once
// A test that cannot run here says so and is counted as skipped, never as passed. Catch2 version 2 has no such thing.

#include <string_view>

namespace afk::test {

// Call it and return from the test case. A failed assertion of the same test case still counts as a failure.
void skip(std::string_view reason);

} // namespace afk::test

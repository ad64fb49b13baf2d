#pragma once
// The GitHub adapter's own reading of a list of issues, by REST.

#include <support/hostile_answers.hpp>

namespace afk::test {

[[nodiscard]] HostileProbe make_github_probe();

} // namespace afk::test

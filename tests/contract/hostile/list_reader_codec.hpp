#pragma once
// A reader of a list of issues, as small as one can be that looks at every field.

#include <support/hostile_answers.hpp>

namespace afk::test {

[[nodiscard]] HostileProbe make_list_probe();

} // namespace afk::test

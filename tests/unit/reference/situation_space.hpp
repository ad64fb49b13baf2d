#pragma once
// The inputs of the watcher's decision table by the names that tests/reference/decide.toml uses.

#include "explore.hpp"

#include <afk/core/situation.hpp>

namespace reference {

[[nodiscard]] Space<afk::Situation> make_situation_space();

} // namespace reference

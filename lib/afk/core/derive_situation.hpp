#pragma once
// From what was seen to the inputs of the decision table: all clocks are compared with their limits here, and only
// here.

#include <afk/core/observation.hpp>

namespace afk {

[[nodiscard]] Situation derive_situation(const Observation& observation, const RepositorySettings& settings);

} // namespace afk

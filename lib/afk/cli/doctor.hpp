#pragma once
// What `afk doctor` proves, finding by finding.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace afk::cli {

enum class FindingState : std::uint8_t { good, note, bad, fixed };

[[nodiscard]] std::string_view render_finding_state(FindingState state);

struct Finding {
  std::string check; // what was looked at: "tracker", "executor local", …
  FindingState state = FindingState::good;
  std::string message; // what was found
  std::string cure;    // of what is bad: what to do
};

} // namespace afk::cli

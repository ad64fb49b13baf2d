#include <afk/cli/doctor.hpp>

namespace afk::cli {

std::string_view render_finding_state(FindingState state) {
  switch (state) {
  case FindingState::good:
    return "ok";
  case FindingState::note:
    return "note";
  case FindingState::bad:
    return "BAD";
  case FindingState::fixed:
    return "fixed";
  }
  return "BAD";
}

} // namespace afk::cli

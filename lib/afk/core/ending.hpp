#pragma once
// How a run ends and why a doorbell rings. The rendered names are part of the stable interface.

#include <afk/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace afk {

enum class Ending : std::uint8_t {
  done,
  review,
  question, // a doorbell's kind only: a parked run has not ended
  frozen,
  needs_human,
  nothing_to_do,
  stalled,
  run_limit,
  budget,
  trust,
  unreachable,
  conflict,
  base_red,
  ci_missing,
  no_verdict,
  no_merge,
  no_deploy,
  protected_path,
  refused,
  dispatch_unknown,
  dispatch_failed,
  stood_down, // a person took the issue back: no human label, no doorbell
};

[[nodiscard]] std::string_view render_ending(Ending ending); // "needs-human"
Result<Ending> parse_ending(std::string_view text);

} // namespace afk

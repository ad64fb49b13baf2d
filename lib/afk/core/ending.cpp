#include <afk/core/ending.hpp>

#include <array>
#include <string>
#include <utility>

namespace afk {

namespace {

constexpr auto names = std::to_array<std::pair<Ending, std::string_view>>({
    {Ending::done, "done"},
    {Ending::review, "review"},
    {Ending::question, "question"},
    {Ending::frozen, "frozen"},
    {Ending::needs_human, "needs-human"},
    {Ending::nothing_to_do, "nothing-to-do"},
    {Ending::stalled, "stalled"},
    {Ending::run_limit, "run-limit"},
    {Ending::budget, "budget"},
    {Ending::trust, "trust"},
    {Ending::unreachable, "unreachable"},
    {Ending::conflict, "conflict"},
    {Ending::base_red, "base-red"},
    {Ending::ci_missing, "ci-missing"},
    {Ending::no_verdict, "no-verdict"},
    {Ending::no_merge, "no-merge"},
    {Ending::no_deploy, "no-deploy"},
    {Ending::protected_path, "protected-path"},
    {Ending::refused, "refused"},
    {Ending::dispatch_unknown, "dispatch-unknown"},
    {Ending::dispatch_failed, "dispatch-failed"},
    {Ending::stood_down, "stood-down"},
});

} // namespace

std::string_view render_ending(Ending ending) {
  for (const auto& [value, name] : names) {
    if (value == ending) {
      return name;
    }
  }
  return "needs-human";
}

Result<Ending> parse_ending(std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) {
      return value;
    }
  }
  std::string known;
  for (const auto& [value, name] : names) {
    known += known.empty() ? "" : ", ";
    known += name;
  }
  return Error{.kind = ErrorKind::malformed, .message = "not the name of an ending; expected one of " + known};
}

} // namespace afk

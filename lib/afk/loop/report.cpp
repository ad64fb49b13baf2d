#include <afk/loop/report.hpp>

#include <algorithm>
#include <iterator>

namespace afk::loop {

std::string_view render_verdict(Verdict verdict) {
  switch (verdict) {
  case Verdict::dispatched:
    return "dispatched";
  case Verdict::would_dispatch:
    return "would-dispatch";
  case Verdict::adopted:
    return "adopted";
  case Verdict::skipped:
    return "skipped";
  case Verdict::failed:
    return "failed";
  }
  return "failed";
}

TickReport merge_reports(TickReport first, TickReport second) {
  TickReport both = std::move(first);
  both.command = TickCommand::tick;
  both.kill_switch = second.kill_switch == KillSwitch::on ? KillSwitch::on : both.kill_switch;
  both.duration += second.duration;
  both.requests.count += second.requests.count;
  for (const auto& [host, count] : second.requests.by_host)
    both.requests.by_host[host] += count;
  std::ranges::move(second.issues, std::back_inserter(both.issues));
  std::ranges::move(second.errors, std::back_inserter(both.errors));
  // One half that could not work at all does not speak for the other.
  if (both.fatal && second.fatal)
    both.errors.push_back({std::nullopt, std::move(*second.fatal)});
  else if (both.fatal || second.fatal) {
    both.errors.push_back({std::nullopt, both.fatal ? std::move(*both.fatal) : std::move(*second.fatal)});
    both.fatal.reset();
  }
  both.idle_reason = std::move(second.idle_reason);
  return both;
}

} // namespace afk::loop

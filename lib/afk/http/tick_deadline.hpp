#pragma once
// How much time a tick has left for its requests, shared by the transports that have to know.

#include <afk/port/clock.hpp>

#include <optional>

namespace afk::http {

class TickDeadline {
 public:
  // `clock` outlives it. `whole` is the deadline of a tick (limits.tick_deadline).
  TickDeadline(const Clock& clock, Duration whole) : clock_(clock), whole_(whole) {}

  // A tick begins now.
  void start() { end_ = clock_.monotonic() + whole_; }

  // Between ticks, and for commands that are none, no time runs out.
  void rest() { end_.reset(); }

  // Negative once it has passed; outside a tick as much as a whole one has.
  [[nodiscard]] Duration left() const { return end_ ? *end_ - clock_.monotonic() : whole_; }

  // One request gets a third of the tick, so that a stage which hangs leaves room for the next one.
  [[nodiscard]] Duration longest_request() const { return whole_ / 3; }

 private:
  const Clock& clock_;
  Duration whole_;
  std::optional<Duration> end_; // monotonic
};

} // namespace afk::http

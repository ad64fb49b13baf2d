#pragma once
// From a thread to a run as the executor port shows it. Pure.
//
// Live behaviour that this follows (seen at a real server of protocol 1): an accepted start may never begin, and only
// the age of its message tells; a session that runs may wait for a person, and its flags stay on over a restart, so the
// session is looked at first; a restart of the server ends every live turn in an error that says so; a start may fail
// without any turn; a turn that a person interrupted looks completed.

#include <afk/adapter/executor_t3_values.hpp>
#include <afk/core/attempt_view.hpp>

#include <cstdint>
#include <optional>

namespace afk::adapter {

// How long an accepted start may take to begin. The server itself gives up on a message after two minutes.
inline constexpr Duration t3_start_grace = std::chrono::minutes(3);

enum class T3Stage : std::uint8_t {
  untouched, // no message was accepted
  pending,   // one was, and its turn may still begin
  lost,      // one was, and its turn never began
  running,
  waiting, // for a person
  completed,
  failed,
  start_failed,
  interrupted,
  restarted, // the server was, and the turn is gone with it
  usage_limited,
};

[[nodiscard]] bool is_live(T3Stage stage); // pending, running, waiting

// `message_at` is when the newest user message was created; absent where none is known.
[[nodiscard]] T3Stage derive_t3_stage(const T3Thread& thread, std::optional<Timestamp> message_at, Timestamp now);

// The stage as far as the list of threads tells.
[[nodiscard]] T3Stage derive_t3_stage(const T3Thread& thread, Timestamp now);

// Whether the list alone shows enough of a thread: one that has not begun, or runs under a turn that its title names,
// or is over for good.
enum class T3Need : std::uint8_t { row, detail };
[[nodiscard]] T3Need derive_t3_need(const T3Thread& thread, Timestamp now);

// Absent: nothing of the attempt has begun and it may still begin; nobody but the next start needs to know about it.
// `detail` is absent where the row was enough, or the thread is archived. TurnView::request is the server's own id
// here.
[[nodiscard]] std::optional<AttemptView> derive_t3_attempt(const T3Thread& thread,
                                                           const std::optional<T3Detail>& detail, Timestamp now);

// The turns whose messages stand in a conversation, with the number of their starts.
struct T3Sent {
  TurnName turn;
  int starts = 0;
};

[[nodiscard]] std::vector<T3Sent> derive_t3_sent(const AttemptName& attempt, const T3Detail& detail);

// The stage as the conversation tells it.
[[nodiscard]] T3Stage derive_t3_stage(const T3Thread& thread, const T3Detail& detail, Timestamp now);

} // namespace afk::adapter

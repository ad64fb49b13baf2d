#pragma once
// Stopping, sealing and answering at a T3 Code server.
//
// A turn is stopped with its whole session (thread.session.stop): after an interrupt of the turn alone the server shows
// it as completed, which nobody could tell from success. These commands change nothing when they are carried out twice,
// so that each has an id of its own, from the server's sequence number: one that is used again would only be confirmed.

#include <afk/adapter/executor_t3.hpp>

#include <functional>
#include <string_view>

namespace afk::adapter {

struct T3StopPlace {
  const T3ExecutorSetup& setup;
  const T3ExecutorParts& parts;
  std::function<Result<T3Reading>(const T3Client::Wanted&)> read; // from the same server as before, or an error
};

// `conflict` while a turn is accepted and has not begun: there is nothing to stop yet.
Result<void> stop_t3_turn(const T3StopPlace& place, const AttemptName& attempt);

// Stops what is live and archives the thread, which is created for that where it is absent. `conflict` while a turn of
// the archived thread still runs.
Result<void> conclude_t3_attempt(const T3StopPlace& place, const AttemptName& attempt);

// Answers the request that is named, whichever stands first: consent to one is none to another. `refused` where the
// agent asks nothing, `conflict` where it asks something else alone.
Result<void> answer_t3_request(const T3StopPlace& place, const AttemptName& attempt, const TurnAnswer& answer);

} // namespace afk::adapter

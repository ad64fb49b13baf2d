#pragma once
// Starting a turn at a T3 Code server: executor_t3.hpp says why it starts at most once.
//
//   S1 read the lists and the conversation      concluded → refused; message there → adopted, unless its start was lost
//   S2 something of the run is live → conflict
//   S3 clone and files where the disk is shared; project found or created; earlier attempts sealed
//   S4 thread.create where it is absent, and S1 again: only what a read shows gets a message
//   S5 the title names the turn
//   S6 thread.turn.start

#include <afk/adapter/executor_t3.hpp>

#include <functional>

namespace afk::adapter {

struct T3StartPlace {
  const T3ExecutorSetup& setup;
  const T3ExecutorParts& parts;
  std::function<Result<T3Reading>(const T3Client::Wanted&)> read; // from the same server as before, or an error
};

Result<Started> start_t3_turn(const T3StartPlace& place, const Order& order);

// The id of an active project with this root, which is made where there is none.
struct T3ProjectOrder {
  std::string root;
  std::string title;
};

Result<std::string> find_or_create_t3_project(const T3StartPlace& place, const T3Reading& reading,
                                              const T3ProjectOrder& order);

// Sends one that says "create": where it is rejected, a second time under another command id, because one that was
// rejected once is rejected for ever. Whether the thing is there now is to be read.
Result<void> create_at_t3(const T3StartPlace& place, std::int64_t sequence,
                          const std::function<std::string(std::string_view suffix)>& render);

} // namespace afk::adapter

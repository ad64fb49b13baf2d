#pragma once
// Work orders: from a decision to the exact turn that an executor is asked to start. The same situation gives the same
// names, so that a tick which died half-way orders the same turn again.

#include <afk/core/prompt.hpp>
#include <afk/loop/run_look.hpp>
#include <afk/port/executor.hpp>

#include <string>

namespace afk::loop {

struct OrderedTurn {
  Order order;
  CardTurn on_card;
  std::string prompt_hash;      // without the boundary, so that it can be compared
  std::string template_version; // of the prompt
};

// What a dispatch of an arming knows.
struct DispatchFacts {
  const IssueRecord& record;
  const ArmingRecord& arming;
  const RepositorySettings& settings;
  std::string agent;
  std::string model;
  std::string base_branch;
  Timestamp now;
};

// The first turn of a run. Fails as derive_prompt does.
Result<OrderedTurn> order_first_turn(const TickContext& context, const DispatchFacts& facts);

// A further turn of a run that was looked at; `answer` for turns of that kind.
struct TurnRequest {
  TurnKind kind = TurnKind::fix;
  Attempt attempt = Attempt::counts;
  std::string answer;
  std::string failure; // of a fix: what the forge shows of the failed jobs; hostile
  enum class Again : std::uint8_t { no, last_turn } again = Again::no; // the last turn's kind and cause once more
};

Result<OrderedTurn> order_turn(const TickContext& context, const RunLook& look, const Observation& observation,
                               const TurnRequest& request);

} // namespace afk::loop

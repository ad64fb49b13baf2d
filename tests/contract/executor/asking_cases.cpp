#include <contract/executor/contract_cases.hpp>

#include <support/catch.hpp>

#include <utility>

namespace afk::test {
namespace {

using Ask = ExecutorWorld::Ask;

Order start_asking(ExecutorWorld& world, Ask kind, const std::string& text) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  world.make_ask(order, kind, text);
  await_state(world.executor(), order, TurnState::waiting);
  return order;
}

// To what the turn asks now.
TurnAnswer answer_of(Executor& executor, const Order& order, std::string text) {
  return {.request = see_turn(executor, order).request, .text = std::move(text)};
}

void a_live_turn_asks(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::question, "Which of the two words?");
  const TurnView view = see_turn(world.executor(), order);
  CHECK(view.state == TurnState::waiting);
  CHECK_FALSE(view.outcome.has_value());
  CHECK(view.question.find("Which of the two words?") != std::string::npos);
  CHECK(is_listed_live(world.executor(), attempt_of(order)));
  CHECK(start_badly(world.executor(), world.make_order(1, TurnKind::fix)) == ErrorKind::conflict);
}

void an_answer_reaches_the_live_turn(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::question, "Which of the two words?");
  REQUIRE(world.executor()
              .answer(attempt_of(order), answer_of(world.executor(), order, "Take \"hello\" & nothing else."))
              .ok());
  CHECK(world.heard(order).find("hello") != std::string::npos);
  await_state(world.executor(), order, TurnState::running);
  world.release(order);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(order) == 1);
}

void permission_is_given_by_a_plain_yes(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::permission, "rm -rf build");
  CHECK(see_turn(world.executor(), order).question.find("rm -rf build") != std::string::npos);
  REQUIRE(world.executor().answer(attempt_of(order), answer_of(world.executor(), order, "Yes, go on.")).ok());
  CHECK(world.heard(order) == "accept");
}

void what_is_not_clear_is_declined(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::permission, "rm -rf /");
  const TurnAnswer unclear = answer_of(world.executor(), order, "Yesterday I would have said yes");
  REQUIRE(world.executor().answer(attempt_of(order), unclear).ok());
  CHECK(world.heard(order) == "decline");
}

void an_answer_is_given_once(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::permission, "make");
  const TurnAnswer yes = answer_of(world.executor(), order, "yes");
  REQUIRE(world.executor().answer(attempt_of(order), yes).ok());
  REQUIRE(world.make_other_tick()->answer(attempt_of(order), yes).ok());
  CHECK(world.heard(order) == "accept");
}

void consent_to_one_request_is_none_to_another(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::permission, "make");
  const TurnAnswer yes = answer_of(world.executor(), order, "yes");
  CHECK_FALSE(yes.request.empty());
  world.make_ask(order, Ask::permission, "rm -rf /"); // both are open now
  REQUIRE(world.executor().answer(attempt_of(order), yes).ok());
  await_state(world.executor(), order, TurnState::waiting);
  CHECK(see_turn(world.executor(), order).question.find("rm -rf /") != std::string::npos);
  CHECK(see_turn(world.executor(), order).request != yes.request);
  REQUIRE(world.make_other_tick()->answer(attempt_of(order), yes).ok()); // it has its answer
  CHECK(see_turn(world.executor(), order).question.find("rm -rf /") != std::string::npos);
  const TurnAnswer stray{.request = "aaaaaaaaaaaaaaaaaaaaaaaaaa", .text = "yes"};
  CHECK(world.executor().answer(attempt_of(order), stray).error().kind == ErrorKind::conflict);
  CHECK(see_turn(world.executor(), order).state == TurnState::waiting);
}

void what_waits_can_be_interrupted(ExecutorWorld& world) {
  const Order order = start_asking(world, Ask::question, "Anybody there?");
  const TurnAnswer yes = answer_of(world.executor(), order, "yes");
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
  CHECK(world.executor().answer(attempt_of(order), yes).error().kind == ErrorKind::refused);
}

} // namespace

std::vector<ContractCase> asking_cases() {
  constexpr auto needed = Trait::live_questions;
  return {
      {"asking: a live turn waits with its question", a_live_turn_asks, needed},
      {"asking: the answer reaches the live turn", an_answer_reaches_the_live_turn, needed},
      {"asking: a plain yes gives permission", permission_is_given_by_a_plain_yes, needed},
      {"asking: what is not clear is declined", what_is_not_clear_is_declined, needed},
      {"asking: an answer is given once", an_answer_is_given_once, needed},
      {"asking: consent to one request is none to another", consent_to_one_request_is_none_to_another, needed},
      {"asking: what waits can be interrupted", what_waits_can_be_interrupted, needed},
  };
}

} // namespace afk::test

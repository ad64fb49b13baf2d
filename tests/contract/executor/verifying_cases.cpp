#include <contract/executor/contract_cases.hpp>

#include <support/catch.hpp>

namespace afk::test {
namespace {

Order verify_order(ExecutorWorld& world, std::vector<std::string> commands) {
  Order order = world.make_order(1, TurnKind::verify);
  order.verify_head = world.make_head_with("verified.txt");
  order.verify_commands = std::move(commands);
  return order;
}

TurnView verify(ExecutorWorld& world, std::vector<std::string> commands) {
  const Order order = verify_order(world, std::move(commands));
  start_well(world.executor(), order);
  return await_end(world.executor(), order);
}

void all_pass(ExecutorWorld& world) {
  const TurnView view = verify(world, {"test -f verified.txt", "echo second command"});
  CHECK(view.kind == TurnKind::verify);
  CHECK(view.outcome == TurnOutcome::succeeded);
  CHECK(view.verify_head == world.make_head_with("verified.txt"));
  CHECK(view.output_excerpt.find("$ test -f verified.txt\n") != std::string::npos);
  CHECK(view.output_excerpt.find("$ echo second command\nsecond command\n") != std::string::npos);
}

void the_first_failure_ends_it(ExecutorWorld& world) {
  const TurnView view = verify(world, {"echo one", "echo the reason; exit 4", "echo three"});
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK(view.output_excerpt.find("\nthe reason\n") != std::string::npos);
  CHECK(view.output_excerpt.find("three") == std::string::npos);
}

void it_sees_a_clean_checkout_of_that_head(ExecutorWorld& world) {
  const Order first = world.make_order(1, TurnKind::first);
  world.plan_agent(first.turn, {.commits = "later.txt"});
  start_well(world.executor(), first);
  await_end(world.executor(), first);
  const TurnView view = verify(world, {"test -f verified.txt && test ! -e later.txt", "test -z \"$(git status -s)\""});
  CHECK(view.outcome == TurnOutcome::succeeded);
}

void a_head_that_nobody_has(ExecutorWorld& world) {
  Order order = verify_order(world, {"true"});
  order.verify_head = std::string(40, '1');
  CHECK_FALSE(world.executor().start(order).ok());
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
}

void it_can_be_interrupted(ExecutorWorld& world) {
  const Order order = verify_order(world, {"echo begun; exec sleep 1000", "echo three"});
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
}

void it_is_adopted_like_any_turn(ExecutorWorld& world) {
  const Order order = verify_order(world, {"true"});
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::created);
  await_end(world.executor(), order);
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::adopted);
}

} // namespace

std::vector<ContractCase> verifying_cases() {
  return {
      {"verify: every command passes", all_pass},
      {"verify: the first failure ends it", the_first_failure_ends_it},
      {"verify: a clean checkout of exactly that head", it_sees_a_clean_checkout_of_that_head},
      {"verify: a head that nobody has is an error", a_head_that_nobody_has},
      {"verify: it can be interrupted", it_can_be_interrupted},
      {"verify: it is adopted like any turn", it_is_adopted_like_any_turn},
  };
}

} // namespace afk::test

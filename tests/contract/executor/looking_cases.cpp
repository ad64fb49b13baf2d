#include <contract/executor/contract_cases.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <array>

namespace afk::test {
namespace {

void an_empty_executor_has_an_identity(ExecutorWorld& world) {
  const auto first = world.executor().look();
  REQUIRE(first.ok());
  CHECK_FALSE(first->identity.text.empty());
  CHECK(first->identity.text.size() <= 128);
  CHECK(first->live.empty());
  CHECK(first->recent_starts.empty());
  const auto second = world.make_other_tick()->look();
  REQUIRE(second.ok());
  CHECK(second->identity == first->identity);
}

void another_executor_has_another_identity(ExecutorWorld& world) {
  const auto stranger = world.make_stranger();
  const auto theirs = stranger->look();
  const auto ours = world.executor().look();
  REQUIRE(theirs.ok());
  REQUIRE(ours.ok());
  CHECK(theirs->identity != ours->identity);
}

void nothing_is_known_of_an_unknown_attempt(ExecutorWorld& world) {
  CHECK_FALSE(is_known(world.executor(), attempt_of(world.make_order(1, TurnKind::first))));
}

void answers_stand_in_the_order_asked(ExecutorWorld& world) {
  const Order known = world.make_order(1, TurnKind::first);
  const Order unknown = world.make_order(2, TurnKind::first);
  start_well(world.executor(), known);
  const auto views = world.executor().observe(std::array{attempt_of(unknown), attempt_of(known), attempt_of(unknown)});
  REQUIRE(views.size() == 3);
  REQUIRE(views[0].ok());
  CHECK_FALSE(views[0]->has_value());
  REQUIRE(views[1].ok());
  REQUIRE(views[1]->has_value());
  CHECK((*views[1])->attempt == attempt_of(known));
  REQUIRE(views[2].ok());
  CHECK_FALSE(views[2]->has_value());
  await_end(world.executor(), known);
}

void a_live_run_is_shown_with_issue_agent_and_model(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), order);
  const auto look = world.executor().look();
  REQUIRE(look.ok());
  REQUIRE(look->live.size() == 1);
  CHECK(look->live.front().attempt == attempt_of(order));
  CHECK(look->live.front().issue == order.issue);
  CHECK(look->live.front().agent == order.agent);
  CHECK(look->live.front().model == order.model);
  const AttemptView view = see_attempt(world.executor(), attempt_of(order));
  CHECK(view.issue == order.issue);
  CHECK(view.agent == order.agent);
  CHECK(view.model == order.model);
  CHECK(view.conclusion == AttemptView::Conclusion::open);
  CHECK_FALSE(view.reference.empty());
  world.release(order);
  await_end(world.executor(), order);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
}

void runs_stand_side_by_side(ExecutorWorld& world) {
  const Order one = world.make_order(1, TurnKind::first);
  const Order two = world.make_order(2, TurnKind::first);
  for (const Order& order : {one, two}) {
    world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
    start_well(world.executor(), order);
  }
  world.release(one);
  await_end(world.executor(), one);
  CHECK(see_turn(world.executor(), two).state == TurnState::running);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(one)));
  CHECK(is_listed_live(world.executor(), attempt_of(two)));
  world.release(two);
  await_end(world.executor(), two);
}

void the_days_starts_count_attempts_once(ExecutorWorld& world) {
  const Order first = world.make_order(1, TurnKind::first);
  const Order fix = world.make_order(1, TurnKind::fix);
  const Order other = world.make_order(2, TurnKind::first);
  for (const Order& order : {first, fix, other}) {
    start_well(world.executor(), order);
    await_end(world.executor(), order);
  }
  const auto look = world.executor().look();
  REQUIRE(look.ok());
  REQUIRE(look->recent_starts.size() == 2);
  CHECK(look->recent_starts[0].issue == first.issue);
  CHECK(look->recent_starts[1].issue == other.issue);
  CHECK(look->recent_starts[0].at <= look->recent_starts[1].at);
}

void the_days_starts_count_runs_that_are_over(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  const Order never = world.make_order(2, TurnKind::first);
  start_well(world.executor(), order);
  await_end(world.executor(), order);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  REQUIRE(world.executor().interrupt(attempt_of(never), Executor::Stop::conclude).ok());
  const auto look = world.executor().look();
  REQUIRE(look.ok());
  CHECK(look->live.empty());
  REQUIRE(look->recent_starts.size() == 1);
  CHECK(look->recent_starts.front().issue == order.issue);
}

void a_report_is_read_while_the_turn_runs(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = AgentPlan::Waits::until_released});
  start_well(world.executor(), order);
  const TurnView view = await_state(world.executor(), order, TurnState::running);
  CHECK_FALSE(view.report.has_value());
  CHECK_FALSE(view.outcome.has_value());
  REQUIRE(view.started_at.has_value());
  REQUIRE(view.last_progress_at.has_value());
  CHECK(*view.last_progress_at >= *view.started_at);
  CHECK_FALSE(view.ended_at.has_value());
  world.release(order);
  await_end(world.executor(), order);
}

} // namespace

std::vector<ContractCase> looking_cases() {
  return {
      {"an empty executor has an identity that stays", an_empty_executor_has_an_identity},
      {"another executor has another identity", another_executor_has_another_identity},
      {"nothing is known of an unknown attempt", nothing_is_known_of_an_unknown_attempt},
      {"answers stand in the order asked", answers_stand_in_the_order_asked},
      {"a live run is shown with issue, agent and model", a_live_run_is_shown_with_issue_agent_and_model},
      {"runs stand side by side", runs_stand_side_by_side},
      {"the day's starts count attempts once", the_days_starts_count_attempts_once},
      {"the day's starts count runs that are over", the_days_starts_count_runs_that_are_over},
      {"a running turn shows its start and its progress", a_report_is_read_while_the_turn_runs},
  };
}

} // namespace afk::test

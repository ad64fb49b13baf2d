#include <contract/executor/contract_cases.hpp>

#include <support/catch.hpp>

namespace afk::test {
namespace {

constexpr auto until_released = AgentPlan::Waits::until_released;

TurnView run_agent(ExecutorWorld& world, const AgentPlan& plan) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, plan);
  start_well(world.executor(), order);
  return await_end(world.executor(), order);
}

void a_good_end(ExecutorWorld& world) {
  const TurnView view = run_agent(world, {.prints = "hello from the agent", .commits = "work.txt"});
  CHECK(view.outcome == TurnOutcome::succeeded);
  REQUIRE(view.started_at.has_value());
  REQUIRE(view.ended_at.has_value());
  CHECK(*view.ended_at >= *view.started_at);
  CHECK(view.output_excerpt.find("hello from the agent") != std::string::npos);
  CHECK(view.head_before == world.base_head());
  CHECK(view.head_after.size() == view.head_before.size());
  CHECK(view.head_after != view.head_before);
  CHECK_FALSE(view.report.has_value());
  CHECK(view.report_problem.empty());
}

void an_end_without_a_commit(ExecutorWorld& world) {
  const TurnView view = run_agent(world, {});
  CHECK(view.outcome == TurnOutcome::succeeded);
  CHECK(view.head_after == view.head_before);
}

void an_end_in_error(ExecutorWorld& world) {
  CHECK(run_agent(world, {.prints = "no", .exit_code = 3}).outcome == TurnOutcome::failed);
}

void a_report(ExecutorWorld& world) {
  const TurnView view = run_agent(
      world, {.reports = R"({"result": "done", "phase": "tests-green", "step": "all of it", "cost_usd": 1.5})"});
  CHECK(view.outcome == TurnOutcome::succeeded);
  REQUIRE(view.report.has_value());
  CHECK(view.report->result == DeclaredResult::done);
  CHECK(view.report->phase == ReportedPhase::tests_green);
  CHECK(view.report->step == "all of it");
  CHECK(view.report->cost_usd == 1.5);
}

void a_question(ExecutorWorld& world) {
  const TurnView view = run_agent(world, {.reports = R"({"result": "blocked", "question": "Which of the two?"})"});
  REQUIRE(view.report.has_value());
  CHECK(view.report->result == DeclaredResult::blocked);
  CHECK(view.report->question == "Which of the two?");
  CHECK(view.state == TurnState::ended);
}

void a_report_that_is_refused(ExecutorWorld& world) {
  const TurnView view = run_agent(world, {.reports = R"({"result": "splendid"})"});
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK_FALSE(view.report.has_value());
  CHECK_FALSE(view.report_problem.empty());
}

void interrupting_a_turn(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = until_released, .commits = "never.txt"});
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::interrupted);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
  CHECK(see_attempt(world.executor(), attempt_of(order)).conclusion == AttemptView::Conclusion::open);
  const Order finish = world.make_order(1, TurnKind::finish);
  start_well(world.executor(), finish);
  CHECK(await_end(world.executor(), finish).outcome == TurnOutcome::succeeded);
}

void interrupting_twice_or_nothing(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  CHECK(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK_FALSE(is_known(world.executor(), attempt_of(order)));
  world.plan_agent(order.turn, {.waits = until_released});
  start_well(world.executor(), order);
  CHECK(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(world.make_other_tick()->interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
  CHECK(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(see_turn(world.executor(), order).outcome == TurnOutcome::interrupted);
}

void interrupting_what_has_ended(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  start_well(world.executor(), order);
  await_end(world.executor(), order);
  CHECK(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(see_turn(world.executor(), order).outcome == TurnOutcome::succeeded);
}

void interrupting_what_has_vanished(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = until_released});
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  world.make_vanish(order);
  await_state(world.executor(), order, TurnState::vanished);
  CHECK(world.executor().interrupt(attempt_of(order), Executor::Stop::turn).ok());
  CHECK(see_turn(world.executor(), order).state == TurnState::vanished);
}

void concluding_a_live_run(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.waits = until_released});
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
  CHECK(see_attempt(world.executor(), attempt_of(order)).conclusion == AttemptView::Conclusion::concluded);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
}

void a_concluded_run_starts_nothing(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  start_well(world.executor(), order);
  await_end(world.executor(), order);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK(start_badly(world.executor(), order) == ErrorKind::refused);
  CHECK(start_badly(world.executor(), world.make_order(1, TurnKind::fix)) == ErrorKind::refused);
  CHECK(start_badly(*world.make_other_tick(), world.make_order(1, TurnKind::finish)) == ErrorKind::refused);
  const AttemptView view = see_attempt(world.executor(), attempt_of(order));
  CHECK(view.turns.size() == 1);
  CHECK(view.turns.front().outcome == TurnOutcome::succeeded);
}

void concluding_what_never_started(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  const AttemptView view = see_attempt(world.executor(), attempt_of(order));
  CHECK(view.conclusion == AttemptView::Conclusion::concluded);
  CHECK(view.turns.empty());
  CHECK(start_badly(world.executor(), order) == ErrorKind::refused);
  CHECK(world.count_agent_starts(order) == 0);
  const Order other = world.make_order(2, TurnKind::first);
  start_well(world.executor(), other);
  CHECK(await_end(world.executor(), other).outcome == TurnOutcome::succeeded);
}

void concluding_what_was_lost(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.make_lost(order);
  REQUIRE(world.executor().interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  CHECK(start_badly(world.executor(), order) == ErrorKind::refused);
  CHECK(see_turn(world.executor(), order).state == TurnState::lost);
  CHECK(world.count_agent_starts(order) == 0);
}

} // namespace

std::vector<ContractCase> ending_cases() {
  return {
      {"a good end, with the commit", a_good_end},
      {"an end without a commit", an_end_without_a_commit},
      {"an end in error", an_end_in_error},
      {"a report is read", a_report},
      {"a question is read from the report", a_question},
      {"a report that is refused fails the turn", a_report_that_is_refused},
      {"a turn is interrupted and the run goes on", interrupting_a_turn},
      {"interrupting nothing, and twice", interrupting_twice_or_nothing},
      {"interrupting what has ended changes nothing", interrupting_what_has_ended},
      {"interrupting what has vanished changes nothing", interrupting_what_has_vanished},
      {"concluding a live run stops it", concluding_a_live_run},
      {"a concluded run starts nothing", a_concluded_run_starts_nothing},
      {"what never started can be concluded", concluding_what_never_started},
      {"what was lost can be concluded", concluding_what_was_lost},
  };
}

} // namespace afk::test

#include <contract/executor/contract_cases.hpp>

#include <support/catch.hpp>

#include <array>
#include <atomic>
#include <thread>

namespace afk::test {
namespace {

const AgentPlan waiting{.waits = AgentPlan::Waits::until_released};

void a_turn_is_created_when_it_is_absent(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, waiting);
  const Started started = start_well(world.executor(), order);
  CHECK(started.outcome == StartOutcome::created);
  CHECK_FALSE(started.reference.empty());
  await_state(world.executor(), order, TurnState::running);
  world.release(order);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(order) == 1);
}

void a_turn_that_runs_is_adopted(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, waiting);
  start_well(world.executor(), order);
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::adopted);
  CHECK(start_well(*world.make_other_tick(), order).outcome == StartOutcome::adopted);
  world.release(order);
  await_end(world.executor(), order);
  CHECK(world.count_agent_starts(order) == 1);
}

void a_turn_that_ended_is_adopted(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  start_well(world.executor(), order);
  await_end(world.executor(), order);
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::adopted);
  CHECK(see_turn(world.executor(), order).state == TurnState::ended);
  CHECK(world.count_agent_starts(order) == 1);
}

void a_turn_that_vanished_is_adopted(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, waiting);
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  world.make_vanish(order);
  CHECK(await_state(world.executor(), order, TurnState::vanished).outcome == std::nullopt);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
  CHECK(start_well(world.executor(), order).outcome == StartOutcome::adopted);
  CHECK(see_turn(world.executor(), order).state == TurnState::vanished);
  CHECK(world.count_agent_starts(order) <= 1);
}

void a_turn_that_was_lost_is_started_once(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.make_lost(order);
  CHECK(see_turn(world.executor(), order).state == TurnState::lost);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
  CHECK(world.count_agent_starts(order) == 0);
  start_well(world.executor(), order);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
  CHECK(world.count_agent_starts(order) == 1);
}

void the_agent_gets_prompt_and_files(ExecutorWorld& world) {
  Order order = world.make_order(1, TurnKind::first);
  order.prompt = "Do the work of prompt 4711.\n";
  order.files = {{.name = "ISSUE.md", .bytes = "The text of issue 4712.\n"}, {.name = "check.log", .bytes = "red"}};
  world.plan_agent(order.turn, {.shows = AgentPlan::Shows::what_it_got});
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.output_excerpt.find("prompt 4711") != std::string::npos);
  CHECK(view.output_excerpt.find("issue 4712") != std::string::npos);
}

void a_further_turn_works_on_what_the_first_left(ExecutorWorld& world) {
  const Order first = world.make_order(1, TurnKind::first);
  const Order fix = world.make_order(1, TurnKind::fix);
  world.plan_agent(first.turn, {.commits = "one.txt"});
  world.plan_agent(fix.turn, {.commits = "two.txt"});
  start_well(world.executor(), first);
  const TurnView before = await_end(world.executor(), first);
  CHECK(start_well(world.executor(), fix).outcome == StartOutcome::created);
  const TurnView after = await_end(world.executor(), fix);
  CHECK(before.head_before == world.base_head());
  CHECK(before.head_after != before.head_before);
  CHECK(after.head_before == before.head_after);
  CHECK(after.head_after != after.head_before);
  const AttemptView view = see_attempt(world.executor(), attempt_of(first));
  REQUIRE(view.turns.size() == 2);
  CHECK(view.turns[0].turn == first.turn);
  CHECK(view.turns[0].kind == TurnKind::first);
  CHECK(view.turns[1].turn == fix.turn);
  CHECK(view.turns[1].kind == TurnKind::fix);
}

void every_kind_of_turn_can_follow(ExecutorWorld& world) {
  for (const TurnKind kind : {TurnKind::first, TurnKind::rebase, TurnKind::finish, TurnKind::answer, TurnKind::fix}) {
    const Order order = world.make_order(1, kind);
    start_well(world.executor(), order);
    CHECK(await_end(world.executor(), order).outcome == TurnOutcome::succeeded);
  }
  CHECK(see_attempt(world.executor(), attempt_of(world.make_order(1, TurnKind::first))).turns.size() == 5);
}

void nothing_starts_beside_a_live_turn(ExecutorWorld& world) {
  const Order first = world.make_order(1, TurnKind::first);
  const Order fix = world.make_order(1, TurnKind::fix);
  Order redispatch = world.make_order(1, TurnKind::redispatch);
  redispatch.redispatch = 1;
  world.plan_agent(first.turn, waiting);
  start_well(world.executor(), first);
  CHECK(start_badly(world.executor(), fix) == ErrorKind::conflict);
  CHECK(start_badly(world.executor(), redispatch) == ErrorKind::conflict);
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(redispatch)));
  world.release(first);
  await_end(world.executor(), first);
  start_well(world.executor(), fix);
  await_end(world.executor(), fix);
  CHECK(world.count_agent_starts(first) == 1);
  CHECK(world.count_agent_starts(fix) == 1);
}

void a_redispatch_starts_afresh_under_its_own_name(ExecutorWorld& world) {
  const Order first = world.make_order(1, TurnKind::first);
  world.plan_agent(first.turn, {.waits = AgentPlan::Waits::until_released, .commits = "lost.txt"});
  start_well(world.executor(), first);
  await_state(world.executor(), first, TurnState::running);
  world.make_vanish(first);
  await_state(world.executor(), first, TurnState::vanished);
  Order redispatch = world.make_order(1, TurnKind::redispatch);
  redispatch.redispatch = 1;
  world.plan_agent(redispatch.turn, {.commits = "again.txt"});
  CHECK(start_well(world.executor(), redispatch).outcome == StartOutcome::created);
  const TurnView view = await_end(world.executor(), redispatch);
  CHECK(view.outcome == TurnOutcome::succeeded);
  CHECK(view.head_before == world.base_head());
  CHECK(world.count_agent_starts(redispatch) == 1);
  CHECK(see_attempt(world.executor(), attempt_of(redispatch)).turns.size() == 1);
  // The attempt before it is over for good.
  CHECK(start_badly(world.executor(), world.make_order(1, TurnKind::fix)) == ErrorKind::refused);
}

void two_ticks_at_once_start_one_agent(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, waiting);
  std::array<std::unique_ptr<Executor>, 4> ticks;
  for (auto& tick : ticks) {
    tick = world.make_other_tick();
  }
  std::atomic<int> created = 0;
  std::atomic<int> adopted = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(ticks.size());
    for (auto& tick : ticks) {
      threads.emplace_back([&created, &adopted, &order, &tick] {
        if (const auto started = tick->start(order); started.ok()) {
          ++(started->outcome == StartOutcome::created ? created : adopted);
        }
      });
    }
  }
  CHECK(created == 1);
  CHECK(adopted == 3);
  world.release(order);
  await_end(world.executor(), order);
  CHECK(world.count_agent_starts(order) == 1);
}

void an_unknown_agent_is_the_operators_to_mend(ExecutorWorld& world) {
  Order order = world.make_order(1, TurnKind::first);
  order.agent = "nobody";
  CHECK(start_badly(world.executor(), order) == ErrorKind::configuration);
  CHECK_FALSE(is_known(world.executor(), attempt_of(order)));
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
}

// Whichever comes first: nothing lives afterwards, and nothing starts any more.
void a_start_and_a_conclusion_at_once(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, waiting);
  const auto other = world.make_other_tick();
  {
    const std::jthread start([&] { static_cast<void>(world.executor().start(order)); });
    const std::jthread conclude(
        [&] { static_cast<void>(other->interrupt(attempt_of(order), Executor::Stop::conclude)); });
  }
  // A tick whose conclusion failed or came too early looks again.
  REQUIRE(other->interrupt(attempt_of(order), Executor::Stop::conclude).ok());
  const AttemptView view = see_attempt(world.executor(), attempt_of(order));
  CHECK(view.conclusion == AttemptView::Conclusion::concluded);
  for (const TurnView& turn : view.turns) {
    if (turn.state != TurnState::lost) {
      CHECK(await_end(world.executor(), order).outcome == TurnOutcome::interrupted);
    }
  }
  CHECK_FALSE(is_listed_live(world.executor(), attempt_of(order)));
  CHECK(start_badly(world.executor(), order) == ErrorKind::refused);
  CHECK(world.count_agent_starts(order) <= 1);
}

void a_redispatch_that_was_concluded_starts_nothing(ExecutorWorld& world) {
  const Order first = world.make_order(1, TurnKind::first);
  start_well(world.executor(), first);
  await_end(world.executor(), first);
  Order redispatch = world.make_order(1, TurnKind::redispatch);
  redispatch.redispatch = 1;
  REQUIRE(world.executor().interrupt(attempt_of(redispatch), Executor::Stop::conclude).ok());
  CHECK(start_badly(world.executor(), redispatch) == ErrorKind::refused);
  CHECK(world.count_agent_starts(redispatch) == 0);
}

void a_turn_takes_no_answer_while_it_runs(ExecutorWorld& world) {
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, waiting);
  start_well(world.executor(), order);
  await_state(world.executor(), order, TurnState::running);
  const auto answered = world.executor().answer(attempt_of(order), {.request = "", .text = "Yes."});
  REQUIRE_FALSE(answered.ok());
  CHECK(answered.error().kind == ErrorKind::refused);
  CHECK(see_turn(world.executor(), order).state == TurnState::running);
  world.release(order);
  await_end(world.executor(), order);
}

} // namespace

std::vector<ContractCase> starting_cases() {
  return {
      {"a turn is created when it is absent", a_turn_is_created_when_it_is_absent},
      {"a turn that runs is adopted", a_turn_that_runs_is_adopted},
      {"a turn that ended is adopted", a_turn_that_ended_is_adopted},
      {"a turn that vanished is adopted, not started again", a_turn_that_vanished_is_adopted},
      {"a turn that was lost is started, once", a_turn_that_was_lost_is_started_once},
      {"the agent gets its prompt and its files", the_agent_gets_prompt_and_files},
      {"a further turn works on what the first one left", a_further_turn_works_on_what_the_first_left},
      {"every kind of turn can follow", every_kind_of_turn_can_follow},
      {"nothing starts beside a live turn of the run", nothing_starts_beside_a_live_turn},
      {"a redispatch starts afresh under its own name", a_redispatch_starts_afresh_under_its_own_name},
      {"several ticks at once start one agent", two_ticks_at_once_start_one_agent},
      {"a start and a conclusion at once: nothing is left alive", a_start_and_a_conclusion_at_once},
      {"a redispatch that was concluded starts nothing", a_redispatch_that_was_concluded_starts_nothing},
      {"an agent that nobody configured is refused", an_unknown_agent_is_the_operators_to_mend},
      {"a turn that cannot take an answer says so", a_turn_takes_no_answer_while_it_runs},
  };
}

} // namespace afk::test

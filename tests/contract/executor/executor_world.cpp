#include <contract/executor/executor_world.hpp>

#include <support/catch.hpp>

#include <afk/adapter/run_folder_codec.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace afk::test {
namespace {

constexpr std::chrono::seconds longest_wait{20};

} // namespace

void ExecutorWorld::make_ask(const Order& /*order*/, Ask /*kind*/, const std::string& /*text*/) {
  throw std::logic_error("turns of this executor ask nothing while they live");
}

std::string ExecutorWorld::heard(const Order& /*order*/) {
  throw std::logic_error("turns of this executor hear nothing while they live");
}

AttemptName attempt_of(const Order& order) {
  return {.run = order.run, .redispatch = order.redispatch};
}

AttemptView see_attempt(Executor& executor, const AttemptName& attempt) {
  const auto views = executor.observe(std::array{attempt});
  if (views.size() != 1 || !views.front()) {
    throw std::runtime_error("observe: " + (views.empty() ? "no answer" : views.front().error().message));
  }
  if (!views.front()->has_value()) {
    throw std::runtime_error("observe: the attempt is not known");
  }
  return **views.front();
}

TurnView see_turn(Executor& executor, const Order& order) {
  const AttemptView view = see_attempt(executor, attempt_of(order));
  const auto turn = std::ranges::find(view.turns, order.turn, &TurnView::turn);
  if (turn == view.turns.end()) {
    throw std::runtime_error("observe: the turn is not known");
  }
  return *turn;
}

TurnView await_state(Executor& executor, const Order& order, TurnState state) {
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  TurnView view = see_turn(executor, order);
  while (view.state != state) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the turn stays " + std::string(name_state(view.state)) + " instead of " +
                               std::string(name_state(state)) + "; it printed: " + view.output_excerpt);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    view = see_turn(executor, order);
  }
  return view;
}

TurnView await_end(Executor& executor, const Order& order) {
  return await_state(executor, order, TurnState::ended);
}

Started start_well(Executor& executor, const Order& order) {
  auto started = executor.start(order);
  if (!started) {
    throw std::runtime_error("start: " + started.error().message);
  }
  return std::move(started).value();
}

ErrorKind start_badly(Executor& executor, const Order& order) {
  const auto started = executor.start(order);
  if (started) {
    throw std::runtime_error("start: it was started");
  }
  INFO(started.error().message);
  CHECK(!started.error().message.empty());
  return started.error().kind;
}

bool is_known(Executor& executor, const AttemptName& attempt) {
  const auto views = executor.observe(std::array{attempt});
  if (views.size() != 1 || !views.front()) {
    throw std::runtime_error("observe: " + (views.empty() ? "no answer" : views.front().error().message));
  }
  return views.front()->has_value();
}

bool is_listed_live(Executor& executor, const AttemptName& attempt) {
  const auto look = executor.look();
  if (!look) {
    throw std::runtime_error("look: " + look.error().message);
  }
  return std::ranges::find(look->live, attempt, &LiveAttempt::attempt) != look->live.end();
}

std::string_view name_state(TurnState state) {
  constexpr std::array<std::string_view, 6> names{"starting", "running", "waiting", "ended", "vanished", "lost"};
  return names.at(static_cast<std::size_t>(state));
}

} // namespace afk::test

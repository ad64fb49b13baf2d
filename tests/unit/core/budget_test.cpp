#include <afk/core/budget.hpp>
#include <support/catch.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace afk;
using namespace std::chrono_literals;

namespace {

const BudgetLimits limits{.attempts = 5, .time_since_red = 1h, .cost_usd = 100, .run_limit = 6h};

BudgetUse some_use() {
  return {.attempts = 4, .since_red = 59min, .cost_usd = 99.99, .running = 5h};
}

} // namespace

TEST_CASE("Every limit ends the budget by itself") {
  struct Case {
    std::string name;
    BudgetUse use;
    std::vector<BudgetLimit> reached;
  };

  using enum BudgetLimit;
  const auto test = GENERATE(values<Case>({
      {"nothing used", {}, {}},
      {"something left of all", some_use(), {}},
      {"last attempt used", {.attempts = 5}, {attempts}},
      {"more attempts than there are", {.attempts = 6}, {attempts}},
      {"an hour since first red", {.since_red = 1h}, {time_since_red}},
      {"just below an hour", {.since_red = 1h - 1ms}, {}},
      {"cost reached", {.cost_usd = 100.0}, {cost}},
      {"cost that is no number", {.cost_usd = std::numeric_limits<double>::quiet_NaN()}, {cost}},
      {"run limit reached", {.running = 6h}, {run_limit}},
      {"all",
       {.attempts = 9, .since_red = 9h, .cost_usd = 900.0, .running = 9h},
       {attempts, time_since_red, cost, run_limit}},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(derive_limits_reached(test.use, limits) == test.reached);
  }
}

TEST_CASE("A limit of nothing leaves nothing") {
  using enum BudgetLimit;
  CHECK(derive_limits_reached({.since_red = 0s, .cost_usd = 0.0}, {}) ==
        std::vector{attempts, time_since_red, cost, run_limit});
}

TEST_CASE("A budget is shown with its limits") {
  CHECK(render_budget(some_use(), limits) ==
        "4 of 5 attempts, 59m of 1h since first red, 99.99 of 100.00 USD, 5h of 6h");
  CHECK(render_budget({.running = 61s}, limits) == "0 of 5 attempts, 1m of 6h");
  CHECK(render_budget({.running = 30500ms}, limits) == "0 of 5 attempts, 30s of 6h");
  CHECK(render_budget_limit(BudgetLimit::time_since_red) == "time since first red");
}

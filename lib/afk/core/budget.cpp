#include <afk/core/budget.hpp>

#include <fmt/format.h>

#include <chrono>

namespace afk {

namespace {

// People read minutes; a limit of less is shown in whole seconds.
std::string show(Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(duration);
  return render_duration(minutes.count() == 0 ? Duration(seconds) : Duration(minutes));
}

} // namespace

std::string_view render_budget_limit(BudgetLimit limit) {
  switch (limit) {
  case BudgetLimit::attempts:
    return "attempts";
  case BudgetLimit::time_since_red:
    return "time since first red";
  case BudgetLimit::cost:
    return "cost";
  case BudgetLimit::run_limit:
    return "run limit";
  }
  return "attempts";
}

std::vector<BudgetLimit> derive_limits_reached(const BudgetUse& use, const BudgetLimits& limits) {
  std::vector<BudgetLimit> reached;
  if (use.attempts >= limits.attempts) {
    reached.push_back(BudgetLimit::attempts);
  }
  if (use.since_red && *use.since_red >= limits.time_since_red) {
    reached.push_back(BudgetLimit::time_since_red);
  }
  // Written as the negation of "less", so that a cost which is no number counts as reached.
  if (use.cost_usd && !(*use.cost_usd < limits.cost_usd)) {
    reached.push_back(BudgetLimit::cost);
  }
  if (use.running >= limits.run_limit) {
    reached.push_back(BudgetLimit::run_limit);
  }
  return reached;
}

std::string render_budget(const BudgetUse& use, const BudgetLimits& limits) {
  std::string text = fmt::format("{} of {} attempts", use.attempts, limits.attempts);
  if (use.since_red) {
    text += fmt::format(", {} of {} since first red", show(*use.since_red), show(limits.time_since_red));
  }
  if (use.cost_usd) {
    text += fmt::format(", {:.2f} of {:.2f} USD", *use.cost_usd, limits.cost_usd);
  }
  return text + fmt::format(", {} of {}", show(use.running), show(limits.run_limit));
}

} // namespace afk

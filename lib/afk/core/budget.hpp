#pragma once
// What a run may use up before a person has to look: four limits, all of which must have something left.

#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

enum class BudgetLimit : std::uint8_t { attempts, time_since_red, cost, run_limit };

[[nodiscard]] std::string_view render_budget_limit(BudgetLimit limit); // "attempts", "time since first red", ...

struct BudgetLimits {
  int attempts = 0; // counted corrective turns
  Duration time_since_red{};
  double cost_usd = 0;
  Duration run_limit{};
};

struct BudgetUse {
  int attempts = 0;
  std::optional<Duration> since_red = std::nullopt; // absent while nothing was red
  std::optional<double> cost_usd = std::nullopt;    // absent where the executor reports none: then nothing limits it
  Duration running{}; // since the first turn, without the times in which the clocks stood still
};

// The limits that are reached, in the order of the enumeration; empty while all four have something left. A limit is
// reached when the use equals it; a cost that is no number has reached it.
[[nodiscard]] std::vector<BudgetLimit> derive_limits_reached(const BudgetUse& use, const BudgetLimits& limits);

// "3 of 5 attempts, 12m of 1h since first red, 1.50 of 100.00 USD, 2h of 6h": for cards and messages.
[[nodiscard]] std::string render_budget(const BudgetUse& use, const BudgetLimits& limits);

} // namespace afk

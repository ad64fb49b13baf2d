#pragma once
// How many requests one tick may make at most: a published figure, so that a server which answers in circles ends the
// tick by itself. What ticks really need is far below and pinned by tests (tests/contract/github/budget_test.cpp).

#include <afk/core/config.hpp>

namespace afk {

// limits.requests_per_tick where it is a number. Else 500, 50 more for each repository of the allowlist (all pages of
// its lists) and 200 more for each run that may be in flight (its issue's log, card, checks and pull request); a
// million at most.
[[nodiscard]] int derive_request_bound(const Config& config);

} // namespace afk

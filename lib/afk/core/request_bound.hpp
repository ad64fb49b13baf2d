#pragma once
// How many requests a tick may make where `limits.requests_per_tick` says "auto": the published bound.

#include <afk/core/config.hpp>

namespace afk {

// 200, and 40 for each repository of the allowlist, and 100 for each run that may be in flight: ten pages of each of
// its lists by REST, and a run that is looked at, judged and ended. An ordinary tick makes a small part of that; what
// goes beyond is a server that sends afk in circles.
[[nodiscard]] int derive_request_bound(const Config& config);

} // namespace afk

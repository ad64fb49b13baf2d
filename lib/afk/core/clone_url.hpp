#pragma once
// Where a forge serves the Git repositories that its API speaks of.

#include <afk/core/ids.hpp>
#include <afk/core/landing_plan.hpp>

#include <string>
#include <string_view>

namespace afk {

// From the root of the API: "https://api.github.com" (also where none is written) is "https://github.com", an
// "/api/v3" (GitHub Enterprise Server) or "/api/v1" (Forgejo) at its end is cut off. "" for the directory tracker,
// which knows no addresses.
[[nodiscard]] std::string derive_clone_url(TrackerKind tracker, std::string_view api_url,
                                           const RepositoryName& repository);

} // namespace afk

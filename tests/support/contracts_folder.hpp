#pragma once
// Where recorded exchanges and API descriptions lie: beside the project, or where AFK_CONTRACTS says. They are read in
// place and no part of the project. Where they are missing a test skips, but in CI that is a failure.

#include <support/catch.hpp>
#include <support/skip.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace afk::test {

[[nodiscard]] inline std::optional<std::filesystem::path> try_find_contracts(const std::string& entry) {
  const char* const named = std::getenv("AFK_CONTRACTS");
  const auto folder = named != nullptr ? std::filesystem::path(named)
                                       : std::filesystem::path(AFK_SOURCE_DIR).parent_path() / "shared" / "contracts";
  std::error_code failure;
  return std::filesystem::exists(folder / entry, failure) ? std::optional(folder / entry) : std::nullopt;
}

// Inside a test case: nothing means that it returns.
[[nodiscard]] inline std::optional<std::filesystem::path> find_contracts_or_skip(const std::string& entry) {
  auto found = try_find_contracts(entry);
  if (!found && std::getenv("CI") != nullptr) {
    FAIL_CHECK("in CI the contracts have to be there: " << entry);
  } else if (!found) {
    skip("the contracts are not here: " + entry);
  }
  return found;
}

} // namespace afk::test

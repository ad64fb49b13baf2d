#pragma once
// `afk config show`: every effective value with its origin. Secrets are not part of a configuration, so that there is
// nothing to hide: paths, the names of variables and the commands that print a token are shown as they are written.

#include <afk/config/node.hpp>
#include <afk/config/origin.hpp>
#include <afk/config/parse_configuration.hpp>

#include <string>
#include <vector>

namespace afk::config {

struct Setting {
  std::string key; // "lifecycle.budget_usd", "repositories.\"owner/repo\".checks.mode"
  Node value;      // a string, an integer, a number, a boolean, or a list of strings
  std::string origin;
};

// In the order of the documentation. Of a repository what it says itself, and what follows from that; the rest it
// inherits.
[[nodiscard]] std::vector<Setting> derive_settings(const Loaded& loaded);

// One line each, "key = value  # origin", origins in one column. The text is a configuration that means the same.
[[nodiscard]] std::string render_settings(const std::vector<Setting>& settings);

} // namespace afk::config

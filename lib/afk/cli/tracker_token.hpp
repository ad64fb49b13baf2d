#pragma once
// The token of a forge, from the one place that the configuration names: a file, a variable or a program.

#include <afk/cli/commands.hpp>
#include <afk/core/config.hpp>
#include <afk/core/secret.hpp>
#include <afk/port/commands.hpp>

namespace afk::cli {

struct TrackerTokenParts {
  const Invocation& invocation;
  const Config& config;
  Commands& commands;
};

// Fails with `configuration`, `forbidden` (a file that others could read) or `unreachable` (a program that takes too
// long). The token is in no message.
Result<Secret> read_tracker_token(const TrackerTokenParts& parts);

} // namespace afk::cli

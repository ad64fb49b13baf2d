#pragma once
// The checks behind `afk doctor`, one group per file. Each tries the real thing and says what it found; none of them
// ever opens a gate.

#include <afk/cli/commands.hpp>
#include <afk/cli/doctor.hpp>
#include <afk/core/config.hpp>
#include <afk/loop/tick_context.hpp>
#include <afk/port/commands.hpp>

#include <string>
#include <vector>

namespace afk::adapter {
class GithubClient;
} // namespace afk::adapter

namespace afk::cli {

struct Examination {
  Invocation& invocation;
  const Config& config;
  const loop::TickContext& context;
  Commands& commands;
  Fix fix = Fix::no;
  adapter::GithubClient* github = nullptr; // where that is the tracker
};

using Findings = std::vector<Finding>;

// Kill switch, its file, the allowlist and the hours: notes, because closed gates are no defect.
void examine_gates(const Examination& examination, Findings& findings);

// Initialised, readable, writable; issues that are broken; clocks.
void examine_tracker(const Examination& examination, Findings& findings);

// The token's account and rights, each repository with its id and labels, what is left of the limits, the clock.
void examine_github_tracker(const Examination& examination, Findings& findings);

// Each repository of the allowlist: settings, its remote, its base branch.
void examine_repositories(const Examination& examination, Findings& findings);

// Workspaces, sandboxes, agents and their programs, git.
void examine_executors(const Examination& examination, Findings& findings);

// T3 Code servers: protocol and version, the token and how long it lasts, its scopes, projects, provider instances.
void examine_t3_servers(const Examination& examination, Findings& findings);

// Doorbells, card keys, limits.
void examine_services(const Examination& examination, Findings& findings);

} // namespace afk::cli

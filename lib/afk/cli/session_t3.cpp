#include <afk/cli/session_t3.hpp>

#include <afk/adapter/executor_t3_codec.hpp>
#include <afk/adapter/landing_remote.hpp>
#include <afk/core/observation.hpp>
#include <afk/core/repository_settings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace afk::cli {

namespace {

constexpr Duration soon = std::chrono::hours(3 * 24);
constexpr Duration longest_request = std::chrono::seconds(15);

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

// Where clone = "agent" lets afk look at what was pushed: below the state folder of the user.
Result<std::string> derive_root(const T3Surroundings& around, const std::string& name,
                                const T3ExecutorSettings& settings) {
  if (settings.clone == T3ExecutorSettings::Clone::afk)
    return without_slash(settings.workspace_root);
  const config::Environment& environment = around.invocation.environment;
  const std::string state(config::find_variable(environment, "XDG_STATE_HOME").value_or(""));
  const std::string home(config::find_variable(environment, "HOME").value_or(""));
  if (state.starts_with('/'))
    return fmt::format("{}/afk/t3/{}", state, name);
  if (home.starts_with('/'))
    return fmt::format("{}/.local/state/afk/t3/{}", home, name);
  return Error{ErrorKind::configuration, "neither XDG_STATE_HOME nor HOME says where repositories could be mirrored"};
}

void warn_of_expiry(const T3Surroundings& around, const std::string& name, const Secret& token) {
  const auto expiry = adapter::find_t3_token_expiry(token.reveal());
  const Timestamp now = around.invocation.clock.now();
  if (expiry && *expiry - now < soon)
    around.invocation.console.say(
        LogLevel::warning,
        fmt::format("executors.{}: its token {} at {}; issue a new one at the server: t3 auth session issue "
                    "--token-only",
                    name, *expiry <= now ? "ended" : "ends", render_timestamp(*expiry)));
}

// T3 Code runs no commands for afk, and the commits are on the other machine.
Result<void> check_commands_have_a_place(const T3Surroundings& around, const std::string& name,
                                         const T3ExecutorSettings& settings) {
  const bool works =
      std::ranges::any_of(around.config.agents, [&](const auto& agent) { return agent.second.executor == name; });
  if (settings.clone == T3ExecutorSettings::Clone::afk || !works)
    return {};
  for (const AllowlistEntry& entry : around.config.allowlist) {
    const auto repository = derive_repository_settings(around.config, entry.repository);
    if (repository.ok() && !derive_verify_commands(*repository).empty())
      return Error{
          ErrorKind::configuration,
          fmt::format("checks and QA of {} are commands, and T3 Code runs none for afk: write clone = \"afk\", "
                      "which needs a disk that the server shares with afk, or let the forge's checks judge "
                      "(checks.mode = \"all\", qa.mode = \"off\")",
                      render_repository_name(entry.repository))};
  }
  return {};
}

adapter::T3Workspace::DeriveSource derive_sources(const T3Surroundings& around) {
  return [find = around.find_repository](const RepositoryName& repository) -> Result<adapter::RepositorySource> {
    auto found = find(repository);
    return found ? Result<adapter::RepositorySource>(std::move(found->source))
                 : Result<adapter::RepositorySource>(std::move(found).error());
  };
}

std::unique_ptr<adapter::ProcessExecutor> make_verifier(const T3Surroundings& around, T3Parts& parts,
                                                        const T3ExecutorSettings& settings) {
  adapter::ProcessExecutorSetup setup;
  setup.settings.workspace_root.text = parts.workspace.layout().root().string();
  setup.settings.sandbox = settings.sandbox;
  setup.derive_source = derive_sources(around);
  setup.environment = around.invocation.environment;
  setup.machine_id = adapter::read_machine_id();
  if (around.mode == loop::TickReport::Mode::dry_run)
    setup.access = adapter::ProcessExecutorSetup::Access::read_only;
  setup.lock_patience = std::min(setup.lock_patience, around.patience);
  setup.start_patience = std::min(setup.start_patience, around.patience);
  return std::make_unique<adapter::ProcessExecutor>(
      std::move(setup), adapter::ProcessExecutorParts{parts.workspace, around.commands, around.invocation.clock,
                                                      around.invocation.random, around.digest});
}

std::unique_ptr<Landing> make_landing(const T3Surroundings& around, T3Parts& parts) {
  adapter::LandingGitSettings settings;
  settings.find_repository = around.find_repository;
  settings.scratch_root = std::filesystem::temp_directory_path();
  if (parts.clones)
    return std::make_unique<adapter::LandingGit>(around.git, parts.workspace, std::move(settings));
  adapter::LandingRemoteSettings remote;
  remote.landing = std::move(settings);
  if (around.mode == loop::TickReport::Mode::dry_run)
    remote.access = adapter::LandingRemoteSettings::Access::read_only;
  return std::make_unique<adapter::LandingRemote>(around.git, parts.workspace, std::move(remote));
}

adapter::T3ExecutorSetup derive_setup(const T3Surroundings& around, const std::string& name,
                                      const T3ExecutorSettings& settings) {
  adapter::T3ExecutorSetup setup;
  setup.settings = settings;
  setup.settings.workspace_root = without_slash(settings.workspace_root);
  for (const auto& [agent_name, agent] : around.config.agents)
    if (agent.executor == name)
      setup.agents.insert(agent_name);
  const auto counts = [](const PolicySettings& policy) { return policy.max_dispatches_per_day.has_value(); };
  const bool counted = counts(around.config.policy) ||
                       std::ranges::any_of(around.config.repositories,
                                           [&](const RepositoryEntry& entry) { return counts(entry.policy); });
  if (counted)
    setup.day = adapter::T3Client::History::wanted;
  if (around.mode == loop::TickReport::Mode::dry_run)
    setup.access = adapter::T3ExecutorSetup::Access::read_only;
  return setup;
}

} // namespace

Result<std::unique_ptr<T3Parts>> open_t3(const T3Surroundings& surroundings, const std::string& name,
                                         const T3ExecutorSettings& settings, const Secret& token) {
  auto url = http::parse_url(settings.url);
  if (!url)
    return with_context("url", std::move(url).error());
  if (auto placed = check_commands_have_a_place(surroundings, name, settings); !placed)
    return std::move(placed).error();
  auto root = derive_root(surroundings, name, settings);
  if (!root)
    return std::move(root).error();
  warn_of_expiry(surroundings, name, token);

  auto parts = std::make_unique<T3Parts>(surroundings.git, *root);
  adapter::T3Address address{std::move(*url), token.copy()};
  address.timeout = std::min(longest_request, surroundings.patience);
  parts->client = std::make_unique<adapter::T3Client>(surroundings.transport, std::move(address));
  adapter::T3ExecutorParts executor{*parts->client, surroundings.digest, std::nullopt};
  if (settings.clone == T3ExecutorSettings::Clone::afk) {
    constexpr Duration longest_lock = std::chrono::seconds(20);
    parts->clones = std::make_unique<adapter::T3Workspace>(parts->workspace, derive_sources(surroundings),
                                                           std::min(longest_lock, surroundings.patience));
    parts->verifier = make_verifier(surroundings, *parts, settings);
    executor.local.emplace(adapter::T3Local{*parts->clones, *parts->verifier});
  } else {
    parts->publisher = Publisher::agent;
  }
  parts->executor = std::make_unique<adapter::T3Executor>(derive_setup(surroundings, name, settings), executor);
  parts->landing = make_landing(surroundings, *parts);
  return parts;
}

} // namespace afk::cli

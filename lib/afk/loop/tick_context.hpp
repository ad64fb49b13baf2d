#pragma once
// Everything a tick works with: the configuration, the ports and the values that never change while it runs. Owned by
// cli/compose; outlives the tick.

#include <afk/core/config.hpp>
#include <afk/core/issue_history.hpp>
#include <afk/core/prompt.hpp>
#include <afk/core/redactor.hpp>
#include <afk/core/repository_settings.hpp>
#include <afk/loop/report.hpp>
#include <afk/port/checks.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/deployments.hpp>
#include <afk/port/executor.hpp>
#include <afk/port/gates.hpp>
#include <afk/port/landing.hpp>
#include <afk/port/notifier.hpp>
#include <afk/port/pull_requests.hpp>
#include <afk/port/tracker.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::loop {

class People;

struct TickContext {
  const Config& config;
  Tracker& tracker;
  std::map<std::string, Executor*> executors; // by the name of their table
  std::map<std::string, Landing*> landings;   // by executor: where its runs' commits are
  std::vector<Notifier*> notifiers;
  TickGate& gate;
  Clock& clock;
  Random& random;
  Digest digest;
  CardKeys card_keys;
  std::string prompt_template; // "" = the built-in one
  std::string version;         // of afk

  TickReport::Mode mode = TickReport::Mode::real;
  std::optional<IssueRef> only;
  People* people = nullptr; // what a forge says that people may do; nothing where the tracker knows no permissions
  PullRequests* pull_requests = nullptr;            // where the tracker is a forge
  Checks* checks = nullptr;                         // likewise
  Deployments* deployments = nullptr;               // where the configuration names one
  std::map<std::string, Publisher> publishers = {}; // by executor; one that is not named leaves publishing to afk
  const Redactor* redactor = nullptr;               // for what a forge prints; without one known forms alone go
};

// The executor of an agent's table entry; nothing for an agent that is not configured any more.
[[nodiscard]] const AgentSettings* find_agent(const TickContext& context, const std::string& agent);
[[nodiscard]] Executor* find_executor(const TickContext& context, const std::string& executor);
[[nodiscard]] Landing* find_landing(const TickContext& context, const std::string& executor);

// Fails with `configuration`; a configuration that was loaded never does.
Result<RepositorySettings> derive_settings(const TickContext& context, const RepositoryName& repository);

// SHA-256 over the settings that hold for a repository: what the card records of the configuration.
[[nodiscard]] std::string derive_configuration_digest(const TickContext& context, const RepositorySettings& settings);

enum class Allowed : std::uint8_t { no, yes };
[[nodiscard]] Allowed derive_allowed(const Config& config, const RepositoryName& repository,
                                     const std::string& repository_id);

[[nodiscard]] HistoryContext derive_history_context(const TickContext& context, const TrackerHost& host);

} // namespace afk::loop

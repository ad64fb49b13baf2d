#include <afk/cli/session.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/crypto.hpp>
#include <afk/adapter/deployments_kubernetes.hpp>
#include <afk/adapter/deployments_url.hpp>
#include <afk/adapter/executor_process.hpp>
#include <afk/adapter/executor_process_prune.hpp>
#include <afk/adapter/git.hpp>
#include <afk/adapter/landing_git.hpp>
#include <afk/adapter/system_tick_gate.hpp>
#include <afk/adapter/tracker_directory.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/cli/process_agent.hpp>
#include <afk/cli/session_github.hpp>
#include <afk/cli/session_kubernetes.hpp>
#include <afk/cli/session_notifiers.hpp>
#include <afk/cli/session_t3.hpp>
#include <afk/cli/stop_signal.hpp>
#include <afk/cli/tracker_token.hpp>
#include <afk/cli/unsupported.hpp>
#include <afk/cli/version.hpp>
#include <afk/config/guarded_file.hpp>
#include <afk/core/clone_url.hpp>
#include <afk/core/request_bound.hpp>
#include <afk/http/transport_curl.hpp>
#include <afk/http/transport_stack.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace afk::cli {

namespace {

constexpr std::size_t largest_template = std::size_t{256} << 10;

// The tick leaves by itself; whatever still hangs a little later is cut off.
constexpr auto last_resort_margin = std::chrono::seconds(5);

adapter::SystemTickGate::Stop read_stop() {
  return read_stop_request() == Asked::to_stop ? adapter::SystemTickGate::Stop::requested
                                               : adapter::SystemTickGate::Stop::no;
}

// One step takes at most a third of the tick, so that what begins with that much left still ends in time.
Duration derive_step_limit(const Config& config) {
  return config.limits.tick_deadline / 3;
}

adapter::GitSettings derive_git_settings(const Config& config) {
  adapter::GitSettings settings;
  settings.local_timeout = derive_step_limit(config);
  settings.remote_timeout = derive_step_limit(config);
  return settings;
}

http::StackSettings derive_stack_settings(const Config& config) {
  http::StackSettings settings;
  settings.tick_deadline = config.limits.tick_deadline;
  settings.requests_per_tick = derive_request_bound(config);
  return settings;
}

adapter::TickGateSettings derive_gate_settings(const Config& config) {
  return {config.kill_switch, config.kill_switch_file.text, config.limits.tick_deadline, derive_step_limit(config)};
}

Result<adapter::RepositorySource> derive_source(const Config& config, const RepositoryName& repository) {
  auto settings = derive_repository_settings(config, repository);
  if (!settings)
    return std::move(settings).error();
  if (settings->clone_url.empty())
    settings->clone_url = derive_clone_url(config.tracker.kind, config.tracker.url, repository);
  if (settings->clone_url.empty())
    return Error{ErrorKind::configuration,
                 fmt::format("repositories.\"{0}\".clone_url is missing: the directory tracker does not know where {0} "
                             "is; write the path or URL of its Git repository there",
                             render_repository_name(repository))};
  return adapter::RepositorySource{repository, settings->clone_url, settings->base,
                                   settings->push_credential_file.text};
}

// One process executor with everything that belongs to its workspace.
struct ProcessParts {
  ProcessParts(adapter::Git& git, const std::string& root) : workspace(git, adapter::WorkspaceLayout(root)) {}

  adapter::Workspace workspace;
  std::unique_ptr<adapter::ProcessExecutor> executor;
  std::unique_ptr<adapter::LandingGit> landing;
};

} // namespace

// Members are built in this order and outlive each other in the other one.
struct Session::Parts {
  Parts(Invocation& from, Config given, loop::TickReport::Mode how)
      : invocation(from), config(std::move(given)), mode(how), digest(adapter::make_digest()),
        git(commands, derive_git_settings(config)), gate(derive_gate_settings(config), from.clock, read_stop),
        transport({.inner = curl, .clock = from.clock, .random = from.random}, derive_stack_settings(config)) {}

  Invocation& invocation;
  Config config;
  loop::TickReport::Mode mode;
  Digest digest;
  adapter::PosixCommands commands;
  adapter::Git git;
  adapter::SystemTickGate gate;
  CardKeys card_keys;
  std::string prompt_template;
  std::unique_ptr<Tracker> tracker;
  std::map<std::string, std::unique_ptr<ProcessParts>> processes;
  std::map<std::string, Secret> notifier_urls; // the path of a webhook is its password
  http::CurlTransport curl;                    // nothing is set up before the first request
  http::TransportStack transport;
  Secret tracker_token;                                             // of a forge
  std::unique_ptr<GithubParts> github;                              // where that is the tracker
  std::map<std::string, std::unique_ptr<KubernetesParts>> clusters; // they send by the transport
  std::map<std::string, Secret> t3_tokens;                          // by executor
  std::map<std::string, std::unique_ptr<T3Parts>> t3_servers;       // they send by the transport
  std::vector<std::unique_ptr<Notifier>> notifiers;
  std::unique_ptr<Deployments> deployments; // nothing where none is configured

  Result<void> open() {
    if (auto supported = check_supported(config); !supported)
      return supported;
    for (const auto step : {&Parts::open_secrets, &Parts::open_tracker, &Parts::open_executors, &Parts::open_doorbells,
                            &Parts::open_deployments})
      if (auto opened = (this->*step)(); !opened)
        return opened;
    return {};
  }

  Result<void> open_secrets() {
    Redactor redactor;
    std::vector<FilePath> key_files = config.card.previous_key_files;
    if (!config.card.key_file.empty())
      key_files.insert(key_files.begin(), config.card.key_file);
    for (const FilePath& file : key_files) {
      auto secret = config::read_secret_file(file);
      if (!secret)
        return with_context("card key", std::move(secret).error());
      card_keys.keys.emplace_back(secret->reveal());
      redactor.add(*secret);
    }
    for (const auto& [name, settings] : config.notify) {
      auto secret = config::read_secret_file(settings.url_file);
      if (!secret)
        return with_context("notify." + name, std::move(secret).error());
      redactor.add(*secret);
      notifier_urls.emplace(name, std::move(*secret));
    }
    for (const auto& [name, executor] : config.executors) {
      const auto* t3 = std::get_if<T3ExecutorSettings>(&executor);
      if (t3 == nullptr)
        continue;
      auto secret = config::read_secret_file(t3->token_file);
      if (!secret)
        return with_context(fmt::format("executors.{}.token_file", name), std::move(secret).error());
      redactor.add(*secret);
      t3_tokens.emplace(name, std::move(*secret));
    }
    for (const RepositoryEntry& repository : config.repositories) {
      if (repository.push_credential_file.empty())
        continue;
      auto secret = config::read_secret_file(repository.push_credential_file);
      if (!secret)
        return with_context(
            fmt::format("repositories.\"{}\".push_credential_file", render_repository_name(repository.repository)),
            std::move(secret).error());
      redactor.add(*secret); // Git reads the file itself
    }
    if (config.tracker.kind != TrackerKind::directory) {
      auto token = read_tracker_token({invocation, config, commands});
      if (!token)
        return std::move(token).error();
      redactor.add(*token);
      tracker_token = std::move(*token);
    }
    invocation.console.set_redactor(std::move(redactor));
    if (config.prompt.template_file.empty())
      return {};
    auto text = config::read_guarded_file(
        {.path = config.prompt.template_file.text, .use = config::FileUse::trusted, .limit = largest_template});
    if (!text)
      return with_context("prompt template", std::move(text).error());
    prompt_template = std::move(*text);
    return {};
  }

  Result<void> open_tracker() {
    if (config.tracker.kind == TrackerKind::github) {
      auto parts = open_github(config, transport, invocation.clock, tracker_token);
      if (!parts)
        return std::move(parts).error();
      github = std::move(*parts);
      return {};
    }
    if (config.tracker.kind != TrackerKind::directory)
      return Error{
          ErrorKind::configuration,
          fmt::format("tracker.kind = \"{}\": this version of afk works on the directory tracker and on GitHub",
                      render_tracker_kind(config.tracker.kind))};
    adapter::DirectoryTrackerSettings settings;
    settings.root = config.tracker.url;
    tracker =
        std::make_unique<adapter::DirectoryTracker>(std::move(settings), invocation.clock, invocation.random, digest);
    return {};
  }

  [[nodiscard]] Tracker& find_tracker() { return github ? static_cast<Tracker&>(github->tracker) : *tracker; }

  Result<void> open_executors() {
    for (const auto& [name, settings] : config.executors) {
      if (const auto* cluster = std::get_if<KubernetesExecutorSettings>(&settings)) {
        if (auto opened = open_cluster(name, *cluster); !opened)
          return with_context("executors." + name, std::move(opened).error());
        continue;
      }
      if (const auto* t3 = std::get_if<T3ExecutorSettings>(&settings)) {
        if (auto opened = open_t3_server(name, *t3); !opened)
          return with_context("executors." + name, std::move(opened).error());
        continue;
      }
      const auto* process = std::get_if<ProcessExecutorSettings>(&settings);
      if (process == nullptr)
        return Error{
            ErrorKind::configuration,
            fmt::format("executors.{}.kind: this version of afk has the kinds process, t3 and kubernetes", name)};
      if (auto opened = open_process(name, *process); !opened)
        return with_context("executors." + name, std::move(opened).error());
    }
    return {};
  }

  Result<void> open_process(const std::string& name, const ProcessExecutorSettings& settings) {
    auto parts = std::make_unique<ProcessParts>(git, settings.workspace_root.text);
    adapter::ProcessExecutorSetup setup;
    setup.settings = settings;
    const auto home = config::find_variable(invocation.environment, "HOME").value_or("/");
    for (const auto& [agent_name, agent] : config.agents) {
      if (agent.executor != name)
        continue;
      auto process_agent = derive_process_agent(agent, home);
      if (!process_agent)
        return with_context("agents." + agent_name, std::move(process_agent).error());
      setup.agents.emplace(agent_name, std::move(*process_agent));
    }
    const Config& all = config;
    setup.derive_source = [&all](const RepositoryName& repository) { return derive_source(all, repository); };
    setup.list_reviewers = [&all](const RepositoryName& repository) {
      const auto found = derive_repository_settings(all, repository);
      return found ? found->qa.reviewers : std::vector<std::string>();
    };
    setup.environment = invocation.environment;
    setup.machine_id = adapter::read_machine_id();
    if (mode == loop::TickReport::Mode::dry_run)
      setup.access = adapter::ProcessExecutorSetup::Access::read_only;
    const Duration step = derive_step_limit(config);
    setup.lock_patience = std::min(setup.lock_patience, step);
    setup.start_patience = std::min(setup.start_patience, step);
    parts->executor = std::make_unique<adapter::ProcessExecutor>(
        std::move(setup),
        adapter::ProcessExecutorParts{parts->workspace, commands, invocation.clock, invocation.random, digest});
    adapter::LandingGitSettings landing;
    landing.find_repository = [&all](const RepositoryName& repository) {
      return find_landing_repository(all, repository);
    };
    landing.scratch_root = std::filesystem::temp_directory_path();
    parts->landing = std::make_unique<adapter::LandingGit>(git, parts->workspace, std::move(landing));
    processes.emplace(name, std::move(parts));
    return {};
  }

  Result<void> open_cluster(const std::string& name, const KubernetesExecutorSettings& settings) {
    const Config& all = config;
    auto parts =
        open_kubernetes({invocation, config, git, transport, mode, derive_step_limit(config),
                         [&all](const RepositoryName& repository) { return find_landing_repository(all, repository); }},
                        name, settings);
    if (!parts)
      return std::move(parts).error();
    clusters.emplace(name, std::move(*parts));
    return {};
  }

  Result<void> open_t3_server(const std::string& name, const T3ExecutorSettings& settings) {
    const Config& all = config;
    auto parts =
        open_t3({invocation, config, git, commands, transport, digest, mode, derive_step_limit(config),
                 [&all](const RepositoryName& repository) { return find_landing_repository(all, repository); }},
                name, settings, t3_tokens.at(name));
    if (!parts)
      return std::move(parts).error();
    t3_servers.emplace(name, std::move(*parts));
    return {};
  }

  static Result<adapter::LandingRepository> find_landing_repository(const Config& config,
                                                                    const RepositoryName& repository) {
    auto source = derive_source(config, repository);
    if (!source)
      return std::move(source).error();
    auto settings = derive_repository_settings(config, repository);
    if (!settings)
      return std::move(settings).error();
    return adapter::LandingRepository{std::move(*source), settings->landing.landing};
  }

  Result<void> open_deployments() {
    const DeploymentSettings& settings = config.deployment;
    if (settings.kind == DeploymentKind::url)
      deployments = std::make_unique<adapter::UrlDeployments>(
          transport, adapter::UrlDeploymentsSettings{settings.url, settings.field, settings.confirmations,
                                                     derive_step_limit(config)});
    if (settings.kind != DeploymentKind::kubernetes)
      return {};
    auto access = open_cluster_access(invocation.environment, settings.kubeconfig);
    if (!access)
      return with_context("deployment", std::move(access).error());
    deployments = std::make_unique<adapter::KubernetesDeployments>(
        adapter::KubernetesApi(transport, std::move(*access), derive_step_limit(config)),
        adapter::KubernetesDeploymentsSettings{settings.rollout_namespace, settings.name, settings.annotation});
    return {};
  }

  Result<void> open_doorbells() {
    auto opened = open_notifiers(config, notifier_urls, transport, derive_step_limit(config));
    if (!opened)
      return std::move(opened).error();
    notifiers = std::move(*opened);
    return {};
  }
};

Session::Session(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(Invocation& invocation, Config config, loop::TickReport::Mode mode) {
  auto parts = std::make_unique<Parts>(invocation, std::move(config), mode);
  if (auto opened = parts->open(); !opened)
    return std::move(opened).error();
  return std::unique_ptr<Session>(new Session(std::move(parts)));
}

const Config& Session::config() const {
  return parts_->config;
}

loop::TickContext Session::context() const {
  Parts& parts = *parts_;
  loop::TickContext context{parts.config,
                            parts.find_tracker(),
                            {},
                            {},
                            {},
                            parts.gate,
                            parts.invocation.clock,
                            parts.invocation.random,
                            parts.digest,
                            parts.card_keys,
                            parts.prompt_template,
                            std::string(version),
                            parts.mode,
                            parts.invocation.arguments.issue};
  for (const auto& [name, process] : parts.processes) {
    context.executors.emplace(name, process->executor.get());
    context.landings.emplace(name, process->landing.get());
  }
  for (const auto& [name, cluster] : parts.clusters) {
    context.executors.emplace(name, cluster->executor.get());
    context.landings.emplace(name, cluster->landing.get());
  }
  for (const auto& [name, server] : parts.t3_servers) {
    context.executors.emplace(name, server->executor.get());
    context.landings.emplace(name, server->landing.get());
    context.publishers.emplace(name, server->publisher);
  }
  for (const auto& notifier : parts.notifiers)
    context.notifiers.push_back(notifier.get());
  context.deployments = parts.deployments.get();
  context.redactor = &parts.invocation.console.redactor();
  if (parts.github) {
    context.people = &parts.github->people;
    context.pull_requests = &parts.github->pull_requests;
    context.checks = &parts.github->checks;
    if (parts.github->deployments)
      context.deployments = &*parts.github->deployments;
  }
  return context;
}

void Session::start_tick() {
  const auto deadline = std::chrono::ceil<std::chrono::seconds>(parts_->config.limits.tick_deadline);
  arm_last_resort(static_cast<unsigned>((deadline + last_resort_margin).count()));
  parts_->gate.start_tick();
  parts_->transport.start_tick();
}

void Session::rest() {
  arm_last_resort(0);
  parts_->transport.rest();
}

loop::RequestCount Session::requests() const {
  loop::RequestCount requests;
  requests.by_host = parts_->transport.counts().by_host();
  for (const auto& [host, count] : requests.by_host)
    requests.count += count;
  if (parts_->github) {
    requests.points = static_cast<int>(parts_->github->client.points());
    const auto& limits = parts_->github->client.limits();
    for (const char* resource : {"graphql", "core"}) // the one that most is asked of goes first
      if (const auto known = limits.find(resource);
          !requests.rate_limit_remaining && known != limits.end() && known->second.remaining)
        requests.rate_limit_remaining = static_cast<int>(*known->second.remaining);
  }
  return requests;
}

adapter::GithubClient* Session::github() const {
  return parts_->github ? &parts_->github->client : nullptr;
}

std::vector<Error> Session::prune() {
  std::vector<Error> problems;
  const auto prune_workspace = [&](const std::string& name, const adapter::Workspace& workspace, Duration keep) {
    if (parts_->gate.read_time() != TickGate::Time::left)
      return;
    auto report = adapter::prune_runs({workspace.layout(), parts_->invocation.clock, keep});
    for (std::string& problem : report.problems)
      problems.push_back({ErrorKind::io, fmt::format("executor {}: {}", name, problem)});
  };
  for (const auto& [name, executor] : parts_->config.executors) {
    if (const auto* process = std::get_if<ProcessExecutorSettings>(&executor))
      prune_workspace(name, parts_->processes.at(name)->workspace, process->keep);
    if (const auto* t3 = std::get_if<T3ExecutorSettings>(&executor);
        t3 != nullptr && t3->clone == T3ExecutorSettings::Clone::afk)
      prune_workspace(name, parts_->t3_servers.at(name)->workspace, ProcessExecutorSettings{}.keep);
  }
  return problems;
}

Result<std::unique_ptr<Session>> open_session(Invocation& invocation, loop::TickReport::Mode mode) {
  auto loaded = config::load_configuration({invocation.arguments.config_file, invocation.environment});
  if (!loaded)
    return config::derive_error(loaded.error());
  return Session::open(invocation, std::move(loaded->config), mode);
}

} // namespace afk::cli

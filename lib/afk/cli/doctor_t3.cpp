#include <afk/cli/doctor_checks.hpp>

#include <afk/adapter/executor_t3.hpp>
#include <afk/adapter/executor_t3_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace afk::cli {

namespace {

constexpr Duration soon = std::chrono::hours(3 * 24);
constexpr std::array<std::string_view, 2> needed_scopes{"orchestration:read", "orchestration:operate"};
constexpr std::string_view new_token = "at the server: t3 auth session issue --ttl 30d --label afk --token-only";

class ServerCheck {
 public:
  ServerCheck(const Examination& examination, const std::string& name, Findings& findings)
      : examination_(examination), check_("executor " + name), name_(name), findings_(findings) {}

  void run(adapter::T3Executor& executor) {
    examine_folder(executor.settings());
    const auto seen = executor.examine();
    if (!seen) {
      add(FindingState::bad, seen.error().message, "see the message");
      return;
    }
    add(FindingState::good,
        fmt::format("T3 Code {}, orchestration protocol {}", seen->environment.version,
                    seen->environment.protocol.value_or(1)),
        "");
    examine_token(seen->access);
    for (const AllowlistEntry& entry : examination_.config.allowlist)
      examine_project(executor.settings(), *seen, entry.repository);
  }

 private:
  void add(FindingState state, std::string said, std::string cure) {
    findings_.push_back({check_, state, std::move(said), std::move(cure)});
  }

  void examine_token(const adapter::T3Access& access) {
    if (access.state != adapter::T3Access::State::authenticated) {
      add(FindingState::bad, "the server does not take the token", std::string(new_token));
      return;
    }
    for (const std::string_view scope : needed_scopes)
      if (std::ranges::find(access.scopes, scope) == access.scopes.end())
        add(FindingState::bad, fmt::format("the token lacks the scope {}", scope), std::string(new_token));
    if (!access.expires_at) {
      add(FindingState::good, "the token is taken", "");
      return;
    }
    const bool ends_soon = *access.expires_at - examination_.invocation.clock.now() < soon;
    add(ends_soon ? FindingState::bad : FindingState::good,
        fmt::format("the token is taken until {}", render_timestamp(*access.expires_at)),
        ends_soon ? std::string(new_token) : "");
  }

  // A wrong instance shows only when a turn fails to start: the server has no list of them.
  void examine_project(const T3ExecutorSettings& settings, const adapter::T3Examination& seen,
                       const RepositoryName& repository) {
    const std::string root = adapter::derive_t3_project_root(settings.workspace_root, repository);
    const auto project = std::ranges::find_if(seen.projects, [&](const adapter::T3Project& one) {
      return one.workspace_root == root && one.presence == adapter::T3Project::Presence::active;
    });
    const bool is_there = project != seen.projects.end();
    const bool has_default = is_there && project->default_model.has_value();
    add(FindingState::note,
        fmt::format("{} for {}", is_there ? "there is a project" : "the first run makes a project",
                    render_repository_name(repository)),
        "");
    if ((settings.instance_id.empty() || settings.model.empty()) && !has_default && !agents_name_models(settings))
      add(FindingState::bad,
          fmt::format("nothing says which provider instance and model work on {}", render_repository_name(repository)),
          fmt::format("write executors.{}.instance_id and model, or give the project a default model", name_));
  }

  [[nodiscard]] bool agents_name_models(const T3ExecutorSettings& settings) const {
    return !settings.instance_id.empty() && std::ranges::all_of(examination_.config.agents, [&](const auto& agent) {
      return agent.second.executor != name_ || !agent.second.model.empty();
    });
  }

  void examine_folder(const T3ExecutorSettings& settings) {
    if (settings.clone != T3ExecutorSettings::Clone::afk)
      return;
    std::error_code error;
    if (!std::filesystem::is_directory(settings.workspace_root, error))
      add(FindingState::bad, fmt::format("{} is no folder of this machine", settings.workspace_root),
          fmt::format("create it where server and afk both see it, or write executors.{}.clone = \"agent\"", name_));
    else if (::access(settings.workspace_root.c_str(), W_OK | X_OK) != 0)
      add(FindingState::bad, fmt::format("{}: this user may not write there", settings.workspace_root),
          "run afk and the server as one user, or let both write there");
  }

  const Examination& examination_;
  std::string check_;
  std::string name_;
  Findings& findings_;
};

} // namespace

void examine_t3_servers(const Examination& examination, Findings& findings) {
  for (const auto& [name, executor] : examination.context.executors)
    if (auto* server = dynamic_cast<adapter::T3Executor*>(executor))
      ServerCheck(examination, name, findings).run(*server);
}

} // namespace afk::cli

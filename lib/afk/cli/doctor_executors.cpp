#include <afk/cli/doctor_checks.hpp>

#include <afk/adapter/sandbox_host.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/supervisor_cgroup.hpp>
#include <afk/cli/process_agent.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <unistd.h>

namespace afk::cli {

namespace {

constexpr std::uintmax_t scarce_disk = std::uintmax_t{1} << 30;

std::string_view environment_value(const Examination& examination, std::string_view name) {
  return config::find_variable(examination.invocation.environment, name).value_or("");
}

void examine_workspace(const Examination& examination, const std::string& name, const ProcessExecutorSettings& settings,
                       Findings& findings) {
  namespace fs = std::filesystem;
  const std::string check = "executor " + name;
  const fs::path root = settings.workspace_root.text;
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    if (examination.fix == Fix::yes && (fs::create_directories(root, error), !error)) {
      fs::permissions(root, fs::perms::owner_all, error);
      findings.push_back({check, FindingState::fixed, fmt::format("{} was created", root.string()), ""});
    } else {
      findings.push_back(
          {check, FindingState::note, fmt::format("{} is not there yet; the first run creates it", root.string()), ""});
    }
    return;
  }
  if (::access(root.c_str(), W_OK | X_OK) != 0) {
    findings.push_back({check, FindingState::bad, fmt::format("{}: this user may not write there", root.string()),
                        fmt::format("chown it to the user that runs afk, or set executors.{}.workspace_root", name)});
    return;
  }
  const auto space = fs::space(root, error);
  const bool scarce = !error && space.available < scarce_disk;
  findings.push_back({check, scarce ? FindingState::bad : FindingState::good,
                      fmt::format("{} is writable, {} MiB free", root.string(), space.available >> 20),
                      scarce ? "free some disk: an agent's clone and build need room" : ""});
}

using Sandbox = ProcessExecutorSettings::Sandbox;

std::string_view describe_network(const ProcessExecutorSettings& settings) {
  switch (settings.network) {
  case ProcessExecutorSettings::Network::off:
    return "no network";
  case ProcessExecutorSettings::Network::proxy:
    return "no network but the way to the proxy";
  case ProcessExecutorSettings::Network::on:
    break;
  }
  return "the whole network";
}

// Who keeps a turn to its limits of memory and processes, and how well.
std::string_view describe_limits(const ProcessExecutorSettings& settings) {
  if (adapter::is_container(settings.sandbox))
    return "its limits are kept by the engine";
  if (!settings.memory_limit && !settings.process_limit && !settings.cpu_limit)
    return "nothing limits its memory and its processes";
  if (adapter::find_delegated_cgroup({}))
    return "its limits are kept by the kernel, in a control group for each turn";
  if (settings.sandbox == Sandbox::bubblewrap && ::geteuid() != 0)
    return "its processes are counted by the kernel; its memory by its supervisor, which stops what is over the limit";
  return "its memory and processes are counted by its supervisor alone, because no control group is delegated: what "
         "multiplies fast can harm this machine before it is stopped";
}

void examine_sandbox(const Examination& examination, const std::string& name, const ProcessExecutorSettings& settings,
                     Findings& findings) {
  const std::string check = fmt::format("sandbox of {}", name);
  if (settings.cpu_limit && !adapter::is_container(settings.sandbox) && !adapter::find_delegated_cgroup({}))
    findings.push_back({check, FindingState::bad, "cpu_limit cannot be kept to: no control group is delegated",
                        "run afk in a unit with Delegate=yes and DelegateSubgroup=afk, or take the limit out"});
  if (settings.sandbox == Sandbox::none) {
    findings.push_back(
        {check, FindingState::note,
         fmt::format("none, as it is written: the agent is you. It can read your keys and tokens, the card key and "
                     "the kill switch file, and arm issues of this tracker; {}",
                     describe_limits(settings)),
         ""});
    return;
  }
  const adapter::SandboxProbe probe{settings.sandbox, std::string(adapter::sandbox_search_path), settings.image,
                                    examination.invocation.environment};
  if (auto works = adapter::probe_sandbox(examination.commands, probe); !works) {
    findings.push_back({check, FindingState::bad, works.error().message, "see the two cures in the message"});
    return;
  }
  const std::string tool = settings.sandbox == Sandbox::bubblewrap ? "bubblewrap"
                           : settings.sandbox == Sandbox::docker   ? fmt::format("docker with {}", settings.image)
                                                                   : fmt::format("podman with {}", settings.image);
  findings.push_back({check, FindingState::good,
                      fmt::format("{} works: an agent sees its clone, its report folder and what its table names, has "
                                  "{}, and {}",
                                  tool, describe_network(settings), describe_limits(settings)),
                      ""});
}

void examine_agent(const Examination& examination, const std::string& name, const AgentSettings& agent,
                   Findings& findings) {
  const std::string check = "agent " + name;
  auto process = derive_process_agent(agent, environment_value(examination, "HOME"));
  if (!process) {
    findings.push_back({check, FindingState::bad, process.error().message, "correct its table"});
    return;
  }
  const auto executor = examination.config.executors.find(agent.executor);
  const auto* cluster = executor == examination.config.executors.end()
                            ? nullptr
                            : std::get_if<KubernetesExecutorSettings>(&executor->second);
  if (cluster != nullptr) {
    findings.push_back({check, FindingState::note,
                        fmt::format("\"{}\" is looked for in {}", process->argv.front(),
                                    cluster->image.empty() ? "the image of the template" : cluster->image),
                        ""});
    return;
  }
  const auto* settings = executor == examination.config.executors.end()
                             ? nullptr
                             : std::get_if<ProcessExecutorSettings>(&executor->second);
  if (settings != nullptr && adapter::is_container(settings->sandbox)) {
    findings.push_back({check, FindingState::note,
                        fmt::format("\"{}\" is looked for in the image {}", process->argv.front(), settings->image),
                        ""});
    return;
  }
  const auto program = adapter::try_find_program(process->argv.front(), environment_value(examination, "PATH"));
  if (program)
    findings.push_back({check, FindingState::good, fmt::format("runs {}", *program), ""});
  else
    findings.push_back({check, FindingState::bad, fmt::format("there is no program \"{}\"", process->argv.front()),
                        "install it, or give its whole path in argv"});
}

void examine_git(const Examination& examination, Findings& findings) {
  CommandLine command;
  command.argv = {"git", "--version"};
  command.environment = {{"PATH", std::string(environment_value(examination, "PATH"))}, {"LC_ALL", "C"}};
  auto output = examination.commands.run(command);
  constexpr std::string_view before = "git version ";
  const std::string text = output ? output->standard_output : "";
  std::array<int, 2> version{0, 0};
  if (text.starts_with(before)) {
    const char* at = text.data() + before.size();
    const char* end = text.data() + text.size();
    const auto major = std::from_chars(at, end, version[0]);
    if (major.ptr < end && *major.ptr == '.')
      std::from_chars(major.ptr + 1, end, version[1]);
  }
  const bool recent = version >= std::array<int, 2>{2, 38}; // merge-tree --write-tree
  findings.push_back({"git", recent ? FindingState::good : FindingState::bad,
                      recent   ? fmt::format("version {}.{}", version[0], version[1])
                      : output ? fmt::format("too old: {}", text)
                               : output.error().message,
                      recent ? "" : "install git 2.38 or newer"});
}

// A pod is ended and moved at any time, and its disk with it: agents as its children would die with each tick.
bool is_in_pod(const Examination& examination) {
  return !environment_value(examination, "KUBERNETES_SERVICE_HOST").empty();
}

} // namespace

void examine_executors(const Examination& examination, Findings& findings) {
  examine_git(examination, findings);
  for (const auto& [name, settings] : examination.config.executors) {
    const auto* process = std::get_if<ProcessExecutorSettings>(&settings);
    if (process == nullptr)
      continue;
    if (is_in_pod(examination))
      findings.push_back({"executor " + name, FindingState::bad,
                          "a process executor inside a pod: its agents end with the tick's pod",
                          "use an executor that runs elsewhere"});
    examine_workspace(examination, name, *process, findings);
    examine_sandbox(examination, name, *process, findings);
  }
  for (const auto& [name, agent] : examination.config.agents) {
    const auto executor = examination.config.executors.find(agent.executor);
    const bool elsewhere =
        executor != examination.config.executors.end() && std::holds_alternative<T3ExecutorSettings>(executor->second);
    if (!elsewhere) // the program is the server's
      examine_agent(examination, name, agent, findings);
  }
  for (const auto& [name, executor] : examination.context.executors) {
    auto look = executor->look();
    if (look)
      findings.push_back({"executor " + name, FindingState::good,
                          fmt::format("answers as {}; {} runs are live", look->identity.text, look->live.size()), ""});
    else
      findings.push_back({"executor " + name, FindingState::bad, look.error().message, "see the message"});
  }
}

} // namespace afk::cli

#include <afk/adapter/executor_process_sandbox.hpp>

#include <afk/adapter/executor_process_order.hpp>
#include <afk/adapter/sandbox_host.hpp>
#include <afk/adapter/supervisor_cgroup.hpp>
#include <afk/adapter/supervisor_inside.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <unistd.h>

namespace afk::adapter {
namespace {

// Of home and /tmp each, which live in memory.
constexpr std::int64_t most_temporary_bytes = std::int64_t{1} << 30;

class Preparation {
 public:
  Preparation(Commands& commands, const SandboxOrder& order)
      : commands_(commands), order_(order), settings_(order.settings) {}

  Result<PreparedSandbox> run() {
    prepared_.limits.timeout = settings_.timeout;
    prepared_.limits.output_bytes = settings_.output_limit.bytes;
    prepared_.limits.disk_bytes = settings_.disk_limit.bytes;
    if (settings_.network == ProcessExecutorSettings::Network::proxy) {
      prepared_.proxy = settings_.proxy;
    }
    if (settings_.sandbox != SandboxKind::none) {
      if (auto made = make_view(); !made) {
        return std::move(made).error();
      }
    }
    // An engine keeps to the limits itself.
    if (!is_container(settings_.sandbox)) {
      if (auto limited = set_limits(); !limited) {
        return std::move(limited).error();
      }
    }
    return std::move(prepared_);
  }

 private:
  Result<void> make_view() {
    const SandboxProbe probe{.kind = settings_.sandbox,
                             .search_path = order_.search_path,
                             .image = settings_.image,
                             .environment = derive_engine_environment()};
    if (auto works = probe_sandbox(commands_, probe); !works) {
      return works;
    }
    SandboxView view;
    view.kind = settings_.sandbox;
    view.program = find_sandbox_program(settings_.sandbox, order_.search_path).value_or("");
    view.network = settings_.network == ProcessExecutorSettings::Network::on ? SandboxView::Network::of_host
                                                                             : SandboxView::Network::none;
    view.home = find_variable(order_.environment, "HOME").value_or("");
    if (!view.home.starts_with('/') || view.home == "/") { // an empty root would hide everything
      view.home.clear();
    }
    view.temporary_bytes = std::min(most_temporary_bytes, settings_.disk_limit.bytes);
    if (settings_.memory_limit) { // no process is charged for them where the supervisor counts
      view.temporary_bytes = std::min(view.temporary_bytes, settings_.memory_limit->bytes);
    }
    if (is_container(view.kind)) {
      fill_container(view);
    } else {
      view.host = read_sandbox_host();
      add_launcher(view);
    }
    prepared_.view = std::move(view);
    return {};
  }

  void fill_container(SandboxView& view) const {
    view.image = settings_.image;
    view.user = fmt::format("{}:{}", geteuid(), getegid());
    view.variables = {"LANG", "TERM"};
    view.variables.insert(view.variables.end(), order_.agent_variables.begin(), order_.agent_variables.end());
    view.limits = derive_sandbox_limits();
  }

  // The number of processes is limited inside, where the sandbox's own are counted and not all of the user's.
  void add_launcher(SandboxView& view) const {
    if (!settings_.process_limit && prepared_.proxy.empty()) {
      return;
    }
    std::error_code failure;
    const auto program = std::filesystem::read_symlink(order_.program, failure);
    const std::string path = failure ? order_.program : program.string();
    view.read_only.push_back(path);
    view.launcher = render_inside_command(
        path, {.processes = settings_.process_limit.value_or(0),
               .proxy = prepared_.proxy.empty() ? InsideOrder::Proxy::none : InsideOrder::Proxy::led_in});
  }

  Result<void> set_limits() {
    TurnLimits& limits = prepared_.limits;
    const SandboxLimits wanted = derive_sandbox_limits();
    limits.memory_bytes = wanted.memory_bytes;
    limits.processes = wanted.processes;
    limits.processors = wanted.processors;
    if (wanted != SandboxLimits{}) {
      limits.cgroup_parent = find_delegated_cgroup(CgroupPlace{}).value_or("");
    }
    if (limits.processors && limits.cgroup_parent.empty()) {
      return Error{.kind = ErrorKind::configuration,
                   .message = "cpu_limit cannot be kept to here, because no cgroup is delegated to afk: run it in a "
                              "unit with Delegate=yes and DelegateSubgroup=afk, use a container as the sandbox, or "
                              "write cpu_limit = \"none\""};
    }
    return {};
  }

  [[nodiscard]] SandboxLimits derive_sandbox_limits() const {
    SandboxLimits limits{.processors = settings_.cpu_limit, .processes = settings_.process_limit};
    if (settings_.memory_limit) {
      limits.memory_bytes = settings_.memory_limit->bytes;
    }
    return limits;
  }

  [[nodiscard]] EnvironmentVariables derive_engine_environment() const {
    return derive_agent_environment(order_.environment, {engine_variables.begin(), engine_variables.end()});
  }

  Commands& commands_;
  const SandboxOrder& order_;
  const ProcessExecutorSettings& settings_;
  PreparedSandbox prepared_;
};

} // namespace

Result<PreparedSandbox> prepare_sandbox(Commands& commands, const SandboxOrder& order) {
  return Preparation(commands, order).run();
}

} // namespace afk::adapter

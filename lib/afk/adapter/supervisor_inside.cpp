#include <afk/adapter/supervisor_inside.hpp>

#include <afk/adapter/executor_process_order.hpp>
#include <afk/adapter/relay.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/supervisor_launch.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr std::string_view proxy_word = "proxy";
constexpr std::string_view no_proxy_word = "no-proxy";

std::optional<InsideOrder> parse_order(std::span<const std::string> arguments) {
  if (arguments.size() < 5 || arguments[0] != "--inside" || arguments[3] != "--") {
    return std::nullopt;
  }
  InsideOrder order;
  const std::string& number = arguments[1];
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), order.processes);
  if (failure != std::errc() || end != number.data() + number.size() || order.processes < 0 ||
      (arguments[2] != proxy_word && arguments[2] != no_proxy_word)) {
    return std::nullopt;
  }
  order.proxy = arguments[2] == proxy_word ? InsideOrder::Proxy::led_in : InsideOrder::Proxy::none;
  return order;
}

// The relay lives as long as the sandbox, whose end ends every process in it.
Result<void> start_relay() {
  const auto listener = listen_on_loopback(sandbox_proxy_port);
  if (!listener) {
    return listener.error();
  }
  const auto child = spawn({.program = "/proc/self/exe",
                            .argv = {"afk", "supervise", "--relay"},
                            .environment = {},
                            .working_folder = "/",
                            .standard_input = listener->get(),
                            .group = SpawnRequest::Group::own_session});
  return child ? Result<void>() : Result<void>(child.error());
}

} // namespace

std::vector<std::string> render_inside_command(const std::string& program, const InsideOrder& order) {
  const bool has_proxy = order.proxy == InsideOrder::Proxy::led_in;
  return {program,
          "supervise",
          "--inside",
          fmt::to_string(order.processes),
          std::string(has_proxy ? proxy_word : no_proxy_word),
          "--"};
}

int run_inside_command(std::span<const std::string> arguments) {
  const auto order = parse_order(arguments);
  if (!order) {
    complain_of_launch("supervise --inside is called in a sandbox alone");
    return launch_exit::not_launched;
  }
  if (order->proxy == InsideOrder::Proxy::led_in) {
    if (const auto started = start_relay(); !started) {
      complain_of_launch(started.error().message);
      return launch_exit::not_launched;
    }
  }
  if (order->processes > 0) {
    const auto most = static_cast<rlim_t>(order->processes);
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    if (setrlimit(RLIMIT_NPROC, &limit) != 0) {
      complain_of_launch("the number of processes cannot be limited");
      return launch_exit::not_launched;
    }
  }
  return become(std::vector<std::string>(arguments.begin() + 4, arguments.end()));
}

int run_relay_command() {
  prctl(PR_SET_NAME, "afk-relay");
  UniqueFd listener(dup(STDIN_FILENO));
  if (!listener.valid() || !make_nonblocking(listener.get())) {
    return launch_exit::not_launched;
  }
  signal(SIGTERM, SIG_IGN); // an agent that is asked to end may still have something to send
  Relay relay(std::move(listener), connect_to_path(sandbox_proxy_socket));
  while (true) {
    std::vector<pollfd> watched;
    relay.watch(watched);
    poll(watched.data(), watched.size(), -1);
    relay.step();
  }
}

} // namespace afk::adapter

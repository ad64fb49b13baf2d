#pragma once
// The first program inside a sandbox: `afk supervise --inside …` sets what can only be set there and becomes the
// command.
//
// - The number of processes: the kernel counts them for each user and user namespace, and the sandbox has a namespace
//   of its own, so that the count begins anew in it. For root the kernel does not count (getrlimit(2)).
// - The way to a proxy: the sandbox has no network but a loopback device of its own. A relay listens there and leads
//   every connection through the socket that the supervisor shows, so that nothing but the proxy can be reached.

#include <span>
#include <string>
#include <vector>

namespace afk::adapter {

struct InsideOrder {
  int processes = 0; // at a time; 0 = no limit
  enum class Proxy : std::uint8_t { none, led_in } proxy = Proxy::none;
};

// What stands before a command: `program` and its arguments.
[[nodiscard]] std::vector<std::string> render_inside_command(const std::string& program, const InsideOrder& order);

// Becomes the command. Answers only where it could not: 125 when something of the above failed, 126 or 127 as a shell.
int run_inside_command(std::span<const std::string> arguments);

// The relay of the inside; its standard input is the socket that listens.
int run_relay_command();

} // namespace afk::adapter

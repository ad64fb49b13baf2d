#pragma once
// Leads connections from one socket to another place and back, byte for byte: how an agent without a network reaches
// the one proxy that it may use.
//
// Bounded: so many connections at a time, so much in each direction on its way. Whoever reads slowly makes the other
// side wait.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <poll.h>

namespace afk::adapter {

class Relay {
 public:
  // Opens a connection to the place, which may still be under way; invalid = it cannot be reached.
  using Connect = std::function<UniqueFd()>;

  // `listener` is non-blocking and listens.
  Relay(UniqueFd listener, Connect connect);

  // What poll(2) is to wait for, appended to the end.
  void watch(std::vector<pollfd>& watched);

  // Moves what can be moved now; called after poll(2).
  void step();

 private:
  // One direction of a connection.
  struct Stream {
    std::string bytes; // read and not written yet
    enum class State : std::uint8_t { open, ending, closed } state = State::open;
  };

  struct Connection {
    UniqueFd near;
    UniqueFd far;
    Stream out; // from near to far
    Stream in;
    bool is_broken = false;
  };

  void accept_all();
  static void move(Connection& connection, const UniqueFd& from, const UniqueFd& to, Stream& stream);

  UniqueFd listener_;
  Connect connect_;
  std::vector<Connection> connections_;
};

// A socket that listens at a path of a folder, non-blocking. Fails with `io`.
Result<UniqueFd> listen_at_path(const Folder& folder, std::string_view name);

// A socket that listens on this machine's own loopback device. Fails with `io`.
Result<UniqueFd> listen_on_loopback(int port);

// Connections to a socket in the file system.
[[nodiscard]] Relay::Connect connect_to_path(std::string path);

// Connections to "host:port", whose address is looked up now. Fails with `unreachable`.
Result<Relay::Connect> connect_to_address(const std::string& address);

} // namespace afk::adapter

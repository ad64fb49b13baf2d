#include <afk/adapter/relay.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr std::size_t most_connections = 128;
constexpr std::size_t most_bytes_under_way = 65536;
constexpr int backlog = 64;

bool would_block() {
  return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS;
}

// Paths of sockets are short; through the open folder every path is.
Result<sockaddr_un> derive_socket_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error{.kind = ErrorKind::io, .message = "the path of a socket is too long"};
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

template <typename Address>
const sockaddr* as_address(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

} // namespace

Relay::Relay(UniqueFd listener, Connect connect) : listener_(std::move(listener)), connect_(std::move(connect)) {}

void Relay::watch(std::vector<pollfd>& watched) {
  if (connections_.size() < most_connections) {
    watched.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
  }
  const auto add = [&](const UniqueFd& descriptor, const Stream& from, const Stream& to) {
    short events = 0;
    if (from.state == Stream::State::open && from.bytes.size() < most_bytes_under_way) {
      events |= POLLIN;
    }
    if (!to.bytes.empty()) {
      events |= POLLOUT;
    }
    if (events != 0) {
      watched.push_back({.fd = descriptor.get(), .events = events, .revents = 0});
    }
  };
  for (const Connection& connection : connections_) {
    add(connection.near, connection.out, connection.in);
    add(connection.far, connection.in, connection.out);
  }
}

void Relay::accept_all() {
  while (connections_.size() < most_connections) {
    UniqueFd near(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!near.valid()) {
      return;
    }
    UniqueFd far = connect_();
    if (far.valid()) {
      connections_.push_back({.near = std::move(near), .far = std::move(far), .out = {}, .in = {}});
    }
  }
}

void Relay::move(Connection& connection, const UniqueFd& from, const UniqueFd& to, Stream& stream) {
  std::array<char, 16384> buffer;
  while (stream.state == Stream::State::open && stream.bytes.size() < most_bytes_under_way) {
    const ssize_t count = read(from.get(), buffer.data(), buffer.size());
    if (count > 0) {
      stream.bytes.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      stream.state = Stream::State::ending;
    } else {
      connection.is_broken |= !would_block();
      break;
    }
  }
  while (!stream.bytes.empty()) {
    const ssize_t count = send(to.get(), stream.bytes.data(), stream.bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      connection.is_broken |= !would_block();
      return;
    }
    stream.bytes.erase(0, static_cast<std::size_t>(count));
  }
  if (stream.state == Stream::State::ending) {
    shutdown(to.get(), SHUT_WR);
    stream.state = Stream::State::closed;
  }
}

void Relay::step() {
  accept_all();
  for (Connection& connection : connections_) {
    move(connection, connection.near, connection.far, connection.out);
    move(connection, connection.far, connection.near, connection.in);
  }
  std::erase_if(connections_, [](const Connection& connection) {
    return connection.is_broken ||
           (connection.out.state == Stream::State::closed && connection.in.state == Stream::State::closed);
  });
}

Result<UniqueFd> listen_at_path(const Folder& folder, std::string_view name) {
  const std::string shown = folder.path_of(name);
  auto address = derive_socket_address(fmt::format("/proc/self/fd/{}/{}", folder.descriptor(), name));
  if (!address) {
    return std::move(address).error();
  }
  UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener.valid() || bind(listener.get(), as_address(*address), sizeof *address) != 0 ||
      listen(listener.get(), backlog) != 0) {
    return describe_system_error("listen at", shown, errno);
  }
  return listener;
}

Result<UniqueFd> listen_on_loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener.valid() || bind(listener.get(), as_address(address), sizeof address) != 0 ||
      listen(listener.get(), backlog) != 0) {
    return describe_system_error("listen on", fmt::format("127.0.0.1:{}", port), errno);
  }
  return listener;
}

Relay::Connect connect_to_path(std::string path) {
  return [path = std::move(path)] {
    const auto address = derive_socket_address(path);
    UniqueFd far(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!address || !far.valid() || connect(far.get(), as_address(*address), sizeof *address) != 0) {
      return UniqueFd();
    }
    return far;
  };
}

Result<Relay::Connect> connect_to_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int failure = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); failure != 0) {
    return Error{
        .kind = ErrorKind::unreachable,
        .message = fmt::format("the proxy {} cannot be found: {}", quote_for_display(address), gai_strerror(failure))};
  }
  const std::shared_ptr<addrinfo> list(found, freeaddrinfo);
  return Relay::Connect([list] {
    UniqueFd far(socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!far.valid() || (connect(far.get(), list->ai_addr, list->ai_addrlen) != 0 && errno != EINPROGRESS)) {
      return UniqueFd();
    }
    return far;
  });
}

} // namespace afk::adapter

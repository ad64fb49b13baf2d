#include <support/loopback_server.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace afk::test {
namespace {

sockaddr_in loopback_address(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int bind_to_any_port(int socket) {
  sockaddr_in address = loopback_address(0);
  socklen_t length = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("cannot bind to a loopback port");
  }
  return ntohs(address.sin_port);
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char character) { return static_cast<char>(std::tolower(character)); });
  return text;
}

// Reads one request with its body; nothing when the other side has closed.
std::optional<ReceivedRequest> read_request(int socket, std::string& buffer) {
  const auto more = [&] {
    char bytes[65536];
    const ssize_t got = ::recv(socket, bytes, sizeof bytes, 0);
    if (got > 0) {
      buffer.append(bytes, static_cast<std::size_t>(got));
    }
    return got > 0;
  };
  std::size_t end = buffer.find("\r\n\r\n");
  for (; end == std::string::npos; end = buffer.find("\r\n\r\n")) {
    if (!more()) {
      return std::nullopt;
    }
  }
  ReceivedRequest request;
  const std::string head = buffer.substr(0, end + 2);
  buffer.erase(0, end + 4);
  const std::size_t blank = head.find(' ');
  request.method = head.substr(0, blank);
  request.target = head.substr(blank + 1, head.find(' ', blank + 1) - blank - 1);
  for (std::size_t start = head.find("\r\n") + 2; start < head.size();) {
    const std::size_t stop = head.find("\r\n", start);
    const std::string line = head.substr(start, stop - start);
    const std::size_t colon = line.find(':');
    request.headers[lower(line.substr(0, colon))] = line.substr(std::min(line.size(), colon + 2));
    start = stop + 2;
  }
  const auto length = request.headers.find("content-length");
  const std::size_t body = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (buffer.size() < body) {
    if (!more()) {
      return std::nullopt;
    }
  }
  request.body = buffer.substr(0, body);
  buffer.erase(0, body);
  return request;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

} // namespace

std::string render_answer(std::string_view status, std::string_view body, std::string_view headers) {
  std::string answer = "HTTP/1.1 ";
  answer.append(status).append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
  return answer.append(headers).append("\r\n").append(body);
}

LoopbackServer::LoopbackServer(Script script)
    : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  port_ = bind_to_any_port(listener_);
  if (::listen(listener_, 64) != 0) {
    throw std::runtime_error("cannot listen on a loopback port");
  }
  acceptor_ = std::thread([this] { accept_connections(); });
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) {
      ::shutdown(socket, SHUT_RDWR);
    }
  }
  stopped_.notify_all();
  static_cast<void>(::eventfd_write(stop_, 1));
  acceptor_.join();
  for (auto& connection : connections_) {
    connection.join();
  }
  for (const int socket : sockets_) {
    ::close(socket);
  }
  ::close(listener_);
  ::close(stop_);
}

void LoopbackServer::accept_connections() {
  while (true) {
    pollfd watched[2] = {{.fd = listener_, .events = POLLIN, .revents = 0},
                         {.fd = stop_, .events = POLLIN, .revents = 0}};
    ::poll(watched, 2, -1);
    if (watched[1].revents != 0) {
      return;
    }
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      continue;
    }
    const std::lock_guard lock(mutex_);
    const int connection = static_cast<int>(sockets_.size());
    sockets_.push_back(socket);
    if (stopping_) {
      ::shutdown(socket, SHUT_RDWR);
    }
    connections_.emplace_back([this, socket, connection] { serve(socket, connection); });
  }
}

// Sockets are closed when the server ends, so that no number is used for another connection meanwhile.
void LoopbackServer::serve(int socket, int connection) {
  std::string buffer;
  while (auto request = read_request(socket, buffer)) {
    request->connection = connection;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(*request);
    }
    const ServerAnswer answer = script_(*request);
    send_all(socket, answer.bytes);
    if (answer.end == ServerAnswer::End::hang) {
      std::unique_lock lock(mutex_);
      stopped_.wait(lock, [this] { return stopping_; });
    }
    if (answer.end == ServerAnswer::End::reset) {
      // Disconnecting by an unspecified address sends a reset at once and keeps the number.
      sockaddr nobody{};
      nobody.sa_family = AF_UNSPEC;
      ::connect(socket, &nobody, sizeof nobody);
      return;
    }
    if (answer.end != ServerAnswer::End::keep) {
      ::shutdown(socket, SHUT_RDWR);
      return;
    }
  }
}

std::string LoopbackServer::url(std::string_view target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
}

std::vector<ReceivedRequest> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int LoopbackServer::connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(sockets_.size());
}

std::string LoopbackServer::dead_url(std::string_view target) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int port = bind_to_any_port(socket);
  ::close(socket);
  return "http://127.0.0.1:" + std::to_string(port) + std::string(target);
}

} // namespace afk::test

#include <support/stream_server.hpp>

#include <support/tls_context.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace afk::test {

class SocketStream : public Stream {
 public:
  SocketStream(StreamServer& server, int socket) : server_(server), socket_(socket) {}

  std::string read() override {
    std::array<char, 16384> bytes{};
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void reset() override {
    // Disconnecting by an unspecified address sends a reset at once and keeps the number.
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    ::connect(socket_, &nobody, sizeof nobody);
  }

  void cut() override { ::shutdown(socket_, SHUT_RDWR); }

  bool pause(std::chrono::milliseconds time) override { return server_.pause(time); }

  virtual void close() { ::shutdown(socket_, SHUT_RDWR); }

 private:
  StreamServer& server_;
  int socket_;
};

namespace {

class TlsStream final : public SocketStream {
 public:
  TlsStream(StreamServer& server, int socket, const TlsContext& context)
      : SocketStream(server, socket), connection_(SSL_new(context.get())) {
    SSL_set_fd(connection_, socket);
  }

  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  ~TlsStream() override { SSL_free(connection_); }

  [[nodiscard]] bool accept() { return SSL_accept(connection_) == 1; }

  std::string read() override {
    std::array<char, 16384> bytes{};
    const int got = SSL_read(connection_, bytes.data(), static_cast<int>(bytes.size()));
    return {bytes.data(), static_cast<std::size_t>(std::max(got, 0))};
  }

  bool write(std::string_view bytes) override {
    return bytes.empty() || SSL_write(connection_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }

  void close() override {
    SSL_shutdown(connection_);
    SocketStream::close();
  }

 private:
  SSL* connection_;
};

int listen_on_any_port(int& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0 || ::listen(listener, 64) != 0) {
    throw std::runtime_error("cannot listen on a loopback port");
  }
  port = ntohs(address.sin_port);
  return listener;
}

} // namespace

StreamServer::StreamServer(Session session, std::shared_ptr<const TlsContext> tls)
    : session_(std::move(session)), tls_(std::move(tls)), listener_(listen_on_any_port(port_)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
  acceptor_ = std::thread([this] { accept_connections(); });
}

StreamServer::~StreamServer() {
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

void StreamServer::accept_connections() {
  while (true) {
    std::array<pollfd, 2> watched{
        {{.fd = listener_, .events = POLLIN, .revents = 0}, {.fd = stop_, .events = POLLIN, .revents = 0}}};
    ::poll(watched.data(), watched.size(), -1);
    if (watched[1].revents != 0) {
      return;
    }
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      continue;
    }
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    if (stopping_) {
      ::shutdown(socket, SHUT_RDWR);
    }
    connections_.emplace_back([this, socket] { serve(socket); });
  }
}

// Sockets are closed when the server ends, so that no number is used for another connection meanwhile.
void StreamServer::serve(int socket) {
  if (tls_ == nullptr) {
    SocketStream stream(*this, socket);
    session_(stream);
    stream.close();
    return;
  }
  TlsStream stream(*this, socket, *tls_);
  if (stream.accept()) {
    session_(stream);
  }
  stream.close();
}

bool StreamServer::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, time, [this] { return stopping_; });
}

std::string StreamServer::url(std::string_view target) const {
  return (tls_ == nullptr ? "http://127.0.0.1:" : "https://127.0.0.1:") + std::to_string(port_) + std::string(target);
}

int StreamServer::connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(sockets_.size());
}

std::optional<std::string> read_http_request(Stream& stream, std::string& buffer) {
  const auto fill_to = [&](std::size_t size) {
    while (buffer.size() < size) {
      const std::string more = stream.read();
      if (more.empty()) {
        return false;
      }
      buffer += more;
    }
    return true;
  };
  std::size_t end = buffer.find("\r\n\r\n");
  for (; end == std::string::npos; end = buffer.find("\r\n\r\n")) {
    if (!fill_to(buffer.size() + 1)) {
      return std::nullopt;
    }
  }
  std::size_t whole = end + 4;
  constexpr std::string_view length_name = "\r\nContent-Length: ";
  if (const auto length = buffer.find(length_name); length < end) {
    whole += std::stoul(buffer.substr(length + length_name.size(), 20));
  }
  if (!fill_to(whole)) {
    return std::nullopt;
  }
  std::string request = buffer.substr(0, whole);
  buffer.erase(0, whole);
  return request;
}

} // namespace afk::test

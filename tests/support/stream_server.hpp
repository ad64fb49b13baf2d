#pragma once
// A server on a loopback port whose every byte the test writes, over TCP or TLS: for answers that no HTTP library would
// send. One thread for each connection; the session runs there and must not use assertions.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace afk::test {

class TlsContext;

// One connection as its server sees it.
class Stream {
 public:
  virtual ~Stream() = default;

  // What has come, at least a byte; empty once the other side is gone.
  virtual std::string read() = 0;

  // Whether the other side still takes anything.
  virtual bool write(std::string_view bytes) = 0;

  // As if the machine had gone.
  virtual void reset() = 0;

  // Ends without the word that TLS has for it; the same as an orderly end over TCP.
  virtual void cut() = 0;

  // Whether the server goes on afterwards.
  virtual bool pause(std::chrono::milliseconds time) = 0;

  // Until the server ends.
  void hang() {
    while (pause(std::chrono::hours(1))) {
    }
  }
};

class StreamServer {
 public:
  // When the session returns, the connection ends in order.
  using Session = std::function<void(Stream& stream)>;

  explicit StreamServer(Session session, std::shared_ptr<const TlsContext> tls = nullptr);
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;
  ~StreamServer();

  [[nodiscard]] int port() const { return port_; }

  // With the scheme that it speaks.
  [[nodiscard]] std::string url(std::string_view target = "/") const;

  // Accepted so far.
  [[nodiscard]] int connections() const;

 private:
  friend class SocketStream;

  void accept_connections();
  void serve(int socket);
  bool pause(std::chrono::milliseconds time);

  Session session_;
  std::shared_ptr<const TlsContext> tls_;
  int port_ = 0; // filled in by the listener
  int listener_ = -1;
  int stop_ = -1; // readable when the server is to end
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::vector<int> sockets_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

// A request of HTTP/1.1 with its body; nothing when the other side is gone. `buffer` keeps what came beyond it.
[[nodiscard]] std::optional<std::string> read_http_request(Stream& stream, std::string& buffer);

} // namespace afk::test

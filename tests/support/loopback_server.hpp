#pragma once
// A real HTTP/1.1 server on a loopback port that answers what a test tells it, byte by byte: for everything that a
// transport must survive. One thread for each connection; the script runs there and must not use assertions.

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace afk::test {

struct ReceivedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers; // names in lower case
  std::string body;
  int connection = 0; // which one, from 0
};

struct ServerAnswer {
  enum class End {
    keep,  // the connection stays open for the next request
    close, // orderly
    reset, // as if the machine had gone
    hang,  // nothing more comes, and nothing is closed
  };

  std::string bytes;
  End end = End::close;
};

// "HTTP/1.1 200 OK" with the headers and a body of the length that it says.
[[nodiscard]] std::string render_answer(std::string_view status, std::string_view body = "",
                                        std::string_view headers = "");

class LoopbackServer {
 public:
  using Script = std::function<ServerAnswer(const ReceivedRequest& request)>;

  explicit LoopbackServer(Script script);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  [[nodiscard]] int port() const { return port_; }

  [[nodiscard]] std::string url(std::string_view target = "/") const;

  [[nodiscard]] std::vector<ReceivedRequest> requests() const;
  [[nodiscard]] int connections() const;

  // An address on which nobody listens.
  [[nodiscard]] static std::string dead_url(std::string_view target = "/");

 private:
  void accept_connections();
  void serve(int socket, int connection);

  Script script_;
  int listener_ = -1;
  int stop_ = -1; // readable when the server is to end
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::vector<ReceivedRequest> requests_;
  std::vector<int> sockets_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

} // namespace afk::test

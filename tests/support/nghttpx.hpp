#pragma once
// nghttpx (Debian package nghttp2-proxy) in front of a loopback server: TLS and HTTP/2 by somebody else's hand.

#include <support/temporary_folder.hpp>

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace afk::test {

class Nghttpx {
 public:
  // Where the program is; nothing where it is not installed.
  static std::optional<std::string> find_program();

  // `--alpn-list=http/1.1` by the name that this version has for it.
  static std::string only_http_1_1();

  // `certificate` is PEM with its key. Throws when it does not come up.
  Nghttpx(int backend_port, const std::string& certificate, const std::vector<std::string>& options = {});
  Nghttpx(const Nghttpx&) = delete;
  Nghttpx& operator=(const Nghttpx&) = delete;
  ~Nghttpx();

  [[nodiscard]] std::string url(const std::string& target) const;

  // The workers say goodbye to their clients (GOAWAY), and new ones take over.
  void reload() const;

  struct LogEntry {
    std::string client_port; // of the connection
    std::string protocol;    // "h2", "http/1.1"
    std::string status;
  };

  // What was answered so far.
  [[nodiscard]] std::vector<LogEntry> log() const;

 private:
  TemporaryFolder folder_;
  pid_t child_ = -1;
  int port_ = 0;
};

} // namespace afk::test

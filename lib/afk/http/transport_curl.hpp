#pragma once
// The transport on libcurl's multi interface.
//
// The library is set up by the first exchange, so that a tick without requests does not pay for it. Connections are
// kept and used again, few to one host: over TLS requests share one by HTTP/2 where the server speaks it. At most 20
// requests are on their way at any moment, at most half of them to one origin where there are several; the others wait,
// and their deadlines run.
//
// TLS 1.2 and up, certificates and host names verified; where OpenSSL's hashed folder of certificates exists it is used
// instead of the bundle, which takes many milliseconds to parse. gzip where libcurl has it, the limit on the body being
// one on what comes out. No proxy (whatever the environment says), no .netrc, no cookies, no redirects, no protocol but
// the one of the address. A write is never sent twice, not even behind a kept connection that turns out to be closed.

#include <afk/http/transport.hpp>

#include <memory>
#include <string>

namespace afk::http {

struct CurlSettings {
  std::string user_agent = "afk";
  std::string certificate_folder = "/etc/ssl/certs";
  std::string certificate_file =
      {}; // PEM of the only authorities to believe; empty: the folder, or libcurl's own bundle
};

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlSettings settings = {});
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  std::vector<Result<Response>> exchange(std::span<const Request> requests) override;

 private:
  class Engine;

  CurlSettings settings_;
  std::unique_ptr<Engine> engine_; // absent until the first exchange
};

} // namespace afk::http

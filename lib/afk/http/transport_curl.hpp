#pragma once
// The transport on libcurl's multi interface.
//
// The library is set up by the first exchange, so that a tick without requests does not pay for it; connections are
// kept and used again. TLS 1.2 and up, certificates and host names verified; where OpenSSL's hashed folder of
// certificates exists it is used instead of the bundle, which takes many milliseconds to parse. No proxy (whatever the
// environment says), no .netrc, no cookies, no compression, no redirects, no protocol but the one of the address.

#include <afk/http/transport.hpp>

#include <memory>
#include <string>

namespace afk::http {

struct CurlSettings {
  std::string user_agent = "afk";
  std::string certificate_folder = "/etc/ssl/certs";
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

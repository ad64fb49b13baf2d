#pragma once
// Certificates and server contexts for tests, made on the spot: right ones and wrong ones.

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace afk::test {

struct CertificateOptions {
  std::vector<std::string> names = {"IP:127.0.0.1", "DNS:localhost"}; // subjectAltName; empty: none
  std::string common_name = "127.0.0.1";
  long valid_from = -3600; // seconds from now
  long valid_until = 86400;
  bool is_authority = false; // may sign others
  bool for_clients = false;  // extended key usage: client authentication alone
  std::string signer = {};   // PEM of certificate and key; empty: itself
};

// PEM: certificate, then key.
[[nodiscard]] std::string make_certificate(const CertificateOptions& options = {});

struct TlsOptions {
  std::string certificate = {};                            // as make_certificate gives it; empty: none at all
  std::vector<std::string> protocols = {"h2", "http/1.1"}; // ALPN, in the server's order; empty: says nothing
  int highest_version = 0;                                 // 0x0302 is TLS 1.1; 0: whatever the library has
  std::string ciphers = {};                                // of TLS 1.2, which is then the highest; empty: usual ones
  std::string client_authority = {};                       // PEM; a client must show a certificate of it
};

class TlsContext {
 public:
  explicit TlsContext(const TlsOptions& options);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  [[nodiscard]] ssl_ctx_st* get() const { return context_; }

 private:
  ssl_ctx_st* context_;
  std::string protocols_; // in the form of the wire
};

} // namespace afk::test

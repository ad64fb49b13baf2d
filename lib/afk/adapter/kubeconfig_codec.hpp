#pragma once
// A kubeconfig file: where a cluster is and who we are there, of its current context alone.
//
// Its format is documented at https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. Read are token, tokenFile
// and client certificate. Refused, each with the reason and the cure, is what would start a program or weaken the
// connection: exec and auth-provider plugins, user name and password, impersonation, insecure-skip-tls-verify,
// tls-server-name and proxy-url.

#include <afk/core/result.hpp>
#include <afk/core/secret.hpp>

#include <string>
#include <string_view>

namespace afk::adapter {

// For each pair of a text and a file at most one is given; paths are as they are written, relative to the kubeconfig.
struct Kubeconfig {
  std::string server;            // "https://cluster.example:6443"
  std::string context_namespace; // "" where the context names none
  std::string authorities;       // PEM; "" with no file either: the system's
  std::string authorities_file;
  Secret token; // at most one of the token and the certificate
  std::string token_file;
  std::string certificate; // PEM
  std::string certificate_file;
  Secret key; // PEM
  std::string key_file;
};

// Fails with `malformed` (not YAML, wrong types, names that nothing stands behind) and `configuration` (what is
// refused). Messages repeat no credential.
Result<Kubeconfig> parse_kubeconfig(std::string_view text);

} // namespace afk::adapter

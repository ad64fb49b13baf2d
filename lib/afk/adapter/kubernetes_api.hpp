#pragma once
// The API server of one cluster: where it is, who we are there, and requests to it.
//
// A pod finds its server by KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT and its token, which rotates, in files
// (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/); elsewhere a kubeconfig names both. Tokens
// are read again for each batch of requests.

#include <afk/adapter/kubeconfig_codec.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/core/secret.hpp>
#include <afk/http/transport.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

inline constexpr std::string_view service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";

// How a file that holds a secret is read; the caller's rules about owners and modes hold.
using ReadSecretFile = std::function<Result<Secret>(const std::string& path)>;

struct KubernetesAccess {
  http::Url server; // its target is "/"
  http::TlsIdentity tls;
  Secret token;           // at most one of the token and its file
  std::string token_file; // read again for each batch
  ReadSecretFile read_secret;
};

// As the pod that this is. Fails with `configuration` outside a pod, and where the pod has no token.
Result<KubernetesAccess> open_pod_access(const EnvironmentVariables& environment, const std::string& folder);

// As a kubeconfig says; its relative paths begin at `folder`. Fails with `configuration` and as `read_secret` does.
Result<KubernetesAccess> open_kubeconfig_access(Kubeconfig kubeconfig, const std::string& folder,
                                                ReadSecretFile read_secret);

struct ApiRequest {
  http::Method method = http::Method::get;
  std::string target = {}; // path and query
  std::string body = {};   // JSON
};

class KubernetesApi {
 public:
  // `transport` outlives it. `patience` bounds each request.
  KubernetesApi(http::Transport& transport, KubernetesAccess access, Duration patience);

  // Answers in the order asked; every status is an answer. Errors: those of the transport, and `unauthorized` where the
  // token's file cannot be read.
  std::vector<Result<http::Response>> exchange(std::span<const ApiRequest> requests);

  // One request whose answer must be a success; fails as derive_api_error says.
  Result<std::string> read(const ApiRequest& request);

  [[nodiscard]] const http::Url& server() const { return access_.server; }

 private:
  Result<http::Credential> make_credential() const;

  http::Transport& transport_;
  KubernetesAccess access_;
  Duration patience_;
};

// `text` as one part of a path or as a value of a query (RFC 3986).
[[nodiscard]] std::string encode_url_part(std::string_view text);

} // namespace afk::adapter

#include <afk/adapter/kubernetes_api.hpp>

#include <afk/adapter/file_system.hpp>
#include <afk/adapter/kubernetes_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::size_t largest_answer = std::size_t{16} << 20; // a list of some hundred Jobs
constexpr std::size_t largest_file = std::size_t{1} << 20;

Result<std::string> read_file_of_pod(const std::string& path) {
  auto text = try_read_file(path, largest_file);
  if (!text) {
    return std::move(text).error();
  }
  if (!text->has_value() || trim_ascii(**text).empty()) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("{} is not there: the pod has no service account's token, so that it cannot "
                                        "create Jobs (automountServiceAccountToken)",
                                        path)};
  }
  return std::move(**text);
}

Result<KubernetesAccess> make_access(std::string_view server) {
  auto url = http::parse_url(server);
  if (!url) {
    return with_context("the cluster's address", std::move(url).error());
  }
  KubernetesAccess access;
  access.server = std::move(url).value();
  access.tls.origin = access.server.origin;
  return access;
}

std::string resolve(const std::string& folder, const std::string& path) {
  return path.empty() ? "" : (std::filesystem::path(folder) / path).lexically_normal().string();
}

} // namespace

Result<KubernetesAccess> open_pod_access(const EnvironmentVariables& environment, const std::string& folder) {
  const auto host = find_variable(environment, "KUBERNETES_SERVICE_HOST");
  const auto port = find_variable(environment, "KUBERNETES_SERVICE_PORT_HTTPS");
  if (!host || host->empty()) {
    return Error{.kind = ErrorKind::configuration,
                 .message = "this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set): write kubeconfig"};
  }
  const bool is_ipv6 = host->find(':') != std::string::npos;
  auto access = make_access(fmt::format("https://{}{}{}:{}", is_ipv6 ? "[" : "", *host, is_ipv6 ? "]" : "",
                                        port && !port->empty() ? *port : "443"));
  if (!access) {
    return access;
  }
  auto authorities = read_file_of_pod(folder + "/ca.crt");
  if (!authorities) {
    return std::move(authorities).error();
  }
  access->tls.authorities = std::move(authorities).value();
  access->token_file = folder + "/token";
  // The kubelet wrote it, with the owner and mode that the pod's security context asks for.
  access->read_secret = [](const std::string& path) -> Result<Secret> {
    auto token = read_file_of_pod(path);
    return token ? Result<Secret>(Secret(trim_ascii(*token))) : Result<Secret>(std::move(token).error());
  };
  return access;
}

Result<KubernetesAccess> open_kubeconfig_access(Kubeconfig kubeconfig, const std::string& folder,
                                                ReadSecretFile read_secret) {
  auto access = make_access(kubeconfig.server);
  if (!access) {
    return access;
  }
  access->tls.authorities = std::move(kubeconfig.authorities);
  if (!kubeconfig.authorities_file.empty()) {
    auto text = read_file_of_pod(resolve(folder, kubeconfig.authorities_file));
    if (!text) {
      return with_context("certificate-authority", std::move(text).error());
    }
    access->tls.authorities = std::move(text).value();
  }
  access->tls.certificate = std::move(kubeconfig.certificate);
  if (!kubeconfig.certificate_file.empty()) {
    auto text = read_file_of_pod(resolve(folder, kubeconfig.certificate_file));
    if (!text) {
      return with_context("client-certificate", std::move(text).error());
    }
    access->tls.certificate = std::move(text).value();
  }
  access->tls.key = std::move(kubeconfig.key);
  if (!kubeconfig.key_file.empty()) {
    auto key = read_secret(resolve(folder, kubeconfig.key_file));
    if (!key) {
      return with_context("client-key", std::move(key).error());
    }
    access->tls.key = std::move(key).value();
  }
  access->token = std::move(kubeconfig.token);
  access->token_file = resolve(folder, kubeconfig.token_file);
  access->read_secret = std::move(read_secret);
  return access;
}

KubernetesApi::KubernetesApi(http::Transport& transport, KubernetesAccess access, Duration patience)
    : transport_(transport), access_(std::move(access)), patience_(patience) {}

Result<http::Credential> KubernetesApi::make_credential() const {
  http::Credential credential{.origin = access_.server.origin, .header = "Authorization", .value = Secret()};
  if (access_.token_file.empty()) {
    credential.value = Secret(fmt::format("Bearer {}", access_.token.reveal()));
    return credential;
  }
  auto token = access_.read_secret(access_.token_file);
  if (!token) {
    return Error{.kind = ErrorKind::unauthorized,
                 .message = fmt::format("the cluster's token: {}", token.error().message)};
  }
  credential.value = Secret(fmt::format("Bearer {}", token->reveal()));
  return credential;
}

std::vector<Result<http::Response>> KubernetesApi::exchange(std::span<const ApiRequest> requests) {
  std::optional<http::Credential> credential;
  if (!access_.token.empty() || !access_.token_file.empty()) {
    auto made = make_credential();
    if (!made) {
      return std::vector<Result<http::Response>>(requests.size(), made.error());
    }
    credential.emplace(std::move(made).value());
  }
  const bool has_tls = !access_.tls.authorities.empty() || !access_.tls.certificate.empty();
  std::vector<http::Request> messages;
  messages.reserve(requests.size());
  for (const ApiRequest& request : requests) {
    http::Request message;
    message.method = request.method;
    message.url = {.origin = access_.server.origin, .target = request.target};
    message.headers.push_back({.name = "Accept", .value = "application/json, */*"}); // logs are text
    if (!request.body.empty()) {
      message.headers.push_back({.name = "Content-Type", .value = "application/json"});
    }
    message.body = request.body;
    message.credential = credential ? &*credential : nullptr;
    message.tls = has_tls ? &access_.tls : nullptr;
    message.limits.total = patience_;
    message.limits.body_bytes = largest_answer;
    messages.push_back(std::move(message));
  }
  return transport_.exchange(messages);
}

Result<std::string> KubernetesApi::read(const ApiRequest& request) {
  auto answers = exchange(std::span(&request, 1));
  if (!answers.front()) {
    return with_context("the cluster", std::move(answers.front()).error());
  }
  if (auto error = derive_api_error(*answers.front())) {
    return std::move(*error);
  }
  return std::move(answers.front()->body);
}

std::string encode_url_part(std::string_view text) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char character : text) {
    if (unreserved.find(character) != std::string_view::npos) {
      encoded += character;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return encoded;
}

} // namespace afk::adapter

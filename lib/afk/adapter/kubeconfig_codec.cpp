#include <afk/adapter/kubeconfig_codec.hpp>

#include <afk/adapter/base64.hpp>
#include <afk/adapter/yaml_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace afk::adapter {
namespace {

using Json = nlohmann::json;

struct WrongKubeconfig {
  ErrorKind kind = ErrorKind::malformed;
  std::string reason;
};

// "" where the key is absent or null.
std::string find_text(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return "";
  }
  if (!found->is_string()) {
    throw WrongKubeconfig{.reason = fmt::format("{} is no text", key)};
  }
  return found->get<std::string>();
}

std::string find_bytes(const Json& object, const char* key) {
  auto bytes = parse_base64(find_text(object, key));
  if (!bytes) {
    throw WrongKubeconfig{.reason = fmt::format("{} is no base64", key)};
  }
  return std::move(bytes).value();
}

// The entry of that name in one of the three lists; its body stands under `body`.
Json find_named(const Json& config, const char* list, const char* body, const std::string& name) {
  const auto entries = config.find(list);
  if (entries != config.end() && entries->is_array()) {
    for (const Json& entry : *entries) {
      if (entry.is_object() && find_text(entry, "name") == name && entry.contains(body) && entry.at(body).is_object()) {
        return entry.at(body);
      }
    }
  }
  throw WrongKubeconfig{.reason = fmt::format("{} holds no entry named {}", list, quote_for_display(name))};
}

struct Refusal {
  const char* key;
  std::string_view cure;
};

void refuse(const Json& object, const char* part, std::initializer_list<Refusal> refusals) {
  for (const Refusal& refusal : refusals) {
    const auto found = object.find(refusal.key);
    if (found == object.end() || found->is_null() || *found == Json(false) || *found == Json("")) {
      continue;
    }
    throw WrongKubeconfig{
        .kind = ErrorKind::configuration,
        .reason = fmt::format("its {} has \"{}\", which afk does not follow: {}", part, refusal.key, refusal.cure)};
  }
}

void read_cluster(const Json& cluster, Kubeconfig& kubeconfig) {
  refuse(cluster, "cluster",
         {{"insecure-skip-tls-verify", "put the cluster's certificate into certificate-authority-data"},
          {"proxy-url", "give the address at which the cluster answers itself"},
          {"tls-server-name", "write the name that its certificate has into server"}});
  kubeconfig.server = find_text(cluster, "server");
  kubeconfig.authorities = find_bytes(cluster, "certificate-authority-data");
  kubeconfig.authorities_file = kubeconfig.authorities.empty() ? find_text(cluster, "certificate-authority") : "";
  if (kubeconfig.server.empty()) {
    throw WrongKubeconfig{.reason = "its cluster has no server"};
  }
}

void read_user(const Json& user, Kubeconfig& kubeconfig) {
  refuse(user, "user",
         {{"exec", "no program is started for a credential; give afk a service account's token in tokenFile"},
          {"auth-provider", "no plugin is started for a credential; give afk a service account's token in tokenFile"},
          {"username", "use a service account's token"},
          {"password", "use a service account's token"},
          {"as", "give afk a user of its own"}});
  kubeconfig.token = Secret(find_text(user, "token"));
  kubeconfig.token_file = find_text(user, "tokenFile"); // where both are written the file counts
  if (!kubeconfig.token_file.empty()) {
    kubeconfig.token = Secret();
  }
  kubeconfig.certificate = find_bytes(user, "client-certificate-data");
  kubeconfig.certificate_file = kubeconfig.certificate.empty() ? find_text(user, "client-certificate") : "";
  kubeconfig.key = Secret(find_bytes(user, "client-key-data"));
  kubeconfig.key_file = kubeconfig.key.empty() ? find_text(user, "client-key") : "";
  const bool has_token = !kubeconfig.token.empty() || !kubeconfig.token_file.empty();
  const bool has_certificate = !kubeconfig.certificate.empty() || !kubeconfig.certificate_file.empty();
  const bool has_key = !kubeconfig.key.empty() || !kubeconfig.key_file.empty();
  if (has_certificate != has_key) {
    throw WrongKubeconfig{.reason = "its user has one of client certificate and key, which belong together"};
  }
  if (!has_token && !has_certificate) {
    throw WrongKubeconfig{.kind = ErrorKind::configuration,
                          .reason = "its user has neither a token nor a client certificate"};
  }
}

} // namespace

Result<Kubeconfig> parse_kubeconfig(std::string_view text) {
  const auto json = convert_yaml_to_json(text);
  if (!json) {
    return with_context("the kubeconfig", json.error());
  }
  try {
    const Json config = Json::parse(*json);
    if (!config.is_object()) {
      throw WrongKubeconfig{.reason = "it is no mapping"};
    }
    const std::string current = find_text(config, "current-context");
    if (current.empty()) {
      throw WrongKubeconfig{.reason = "it has no current-context"};
    }
    Kubeconfig kubeconfig;
    const Json context = find_named(config, "contexts", "context", current);
    kubeconfig.context_namespace = find_text(context, "namespace");
    read_cluster(find_named(config, "clusters", "cluster", find_text(context, "cluster")), kubeconfig);
    read_user(find_named(config, "users", "user", find_text(context, "user")), kubeconfig);
    return kubeconfig;
  } catch (const WrongKubeconfig& wrong) {
    return Error{.kind = wrong.kind, .message = fmt::format("the kubeconfig cannot be used: {}", wrong.reason)};
  } catch (const Json::exception&) {
    return Error{.kind = ErrorKind::malformed, .message = "the kubeconfig cannot be used: it is no mapping"};
  }
}

} // namespace afk::adapter

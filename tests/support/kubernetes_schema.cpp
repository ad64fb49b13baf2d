#include <support/kubernetes_schema.hpp>

#include <support/contracts_folder.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace afk::test {
namespace {

using Json = nlohmann::json;

constexpr std::string_view definitions = "#/definitions/";
constexpr std::string_view parameters = "#/parameters/";

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts;
  std::string part;
  for (const char character : path + "/") {
    if (character != '/') {
      part += character;
    } else if (!part.empty()) {
      parts.push_back(std::exchange(part, ""));
    }
  }
  return parts;
}

bool matches(const std::string& pattern, const std::string& path) {
  const auto wanted = split_path(pattern);
  const auto given = split_path(path);
  return wanted.size() == given.size() &&
         std::ranges::equal(wanted, given, [](const std::string& left, const std::string& right) {
           return left.starts_with('{') || left == right;
         });
}

bool has_type(const std::string& type, const std::string& format, const Json& value) {
  if (type == "string") {
    return value.is_string() || (format == "int-or-string" && value.is_number_integer());
  }
  return (type == "integer" && value.is_number_integer()) || (type == "number" && value.is_number()) ||
         (type == "boolean" && value.is_boolean()) || (type == "object" && value.is_object()) ||
         (type == "array" && value.is_array());
}

bool is_digits(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

} // namespace

KubernetesSchema::KubernetesSchema(Json description) : description_(std::move(description)) {
  for (const auto& [name, definition] : description_.at("definitions").items()) {
    for (const Json& kind : definition.value("x-kubernetes-group-version-kind", Json::array())) {
      const std::string group = kind.value("group", "");
      kinds_[(group.empty() ? "" : group + "/") + kind.value("version", "") + " " + kind.value("kind", "")] = name;
    }
  }
}

const KubernetesSchema* KubernetesSchema::try_load() {
  static const std::optional<KubernetesSchema> schema = []() -> std::optional<KubernetesSchema> {
    const auto path = try_find_contracts("kubernetes-1.36.swagger.json");
    if (!path) {
      return std::nullopt;
    }
    std::ifstream file(*path);
    return KubernetesSchema(Json::parse(file));
  }();
  return schema ? &*schema : nullptr;
}

const Json& KubernetesSchema::follow(const Json& schema) const {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) {
    return schema;
  }
  const auto target = reference->get<std::string>();
  return target.starts_with(definitions) ? description_.at("definitions").at(target.substr(definitions.size()))
                                         : description_.at("parameters").at(target.substr(parameters.size()));
}

std::vector<std::string> KubernetesSchema::judge_object(const Json& object) const {
  if (!object.is_object()) {
    return {"it is no object"};
  }
  const std::string name = object.value("apiVersion", "") + " " + object.value("kind", "");
  const auto kind = kinds_.find(name);
  if (kind == kinds_.end()) {
    return {"there is no kind " + name};
  }
  std::vector<std::string> wrong;
  judge(description_.at("definitions").at(kind->second), object, object.value("kind", ""), wrong);
  return wrong;
}

void KubernetesSchema::judge(const Json& schema, const Json& value, const std::string& where,
                             std::vector<std::string>& wrong) const {
  if (value.is_null()) {
    return; // like an absent field
  }
  const Json& rule = follow(schema);
  const std::string type = rule.value("type", rule.contains("properties") ? "object" : "");
  const bool is_quantity = schema.value("$ref", "").ends_with(".Quantity") && value.is_number();
  if (!type.empty() && !has_type(type, rule.value("format", ""), value) && !is_quantity) {
    wrong.push_back(where + ": is no " + type);
    return;
  }
  if (rule.contains("enum") && std::ranges::find(rule.at("enum"), value) == rule.at("enum").end()) {
    wrong.push_back(where + ": " + value.dump() + " is none of " + rule.at("enum").dump());
  }
  if (value.is_array() && rule.contains("items")) {
    for (std::size_t index = 0; index < value.size(); ++index) {
      judge(rule.at("items"), value.at(index), where + "[" + std::to_string(index) + "]", wrong);
    }
  }
  if (value.is_object()) {
    judge_members(rule, value, where, wrong);
  }
}

void KubernetesSchema::judge_members(const Json& rule, const Json& value, const std::string& where,
                                     std::vector<std::string>& wrong) const {
  const bool is_open = !rule.contains("properties") && !rule.contains("additionalProperties");
  for (const auto& [key, member] : value.items()) {
    if (rule.contains("properties") && rule.at("properties").contains(key)) {
      judge(rule.at("properties").at(key), member, where + "." + key, wrong);
    } else if (rule.contains("additionalProperties")) {
      judge(rule.at("additionalProperties"), member, where + "." + key, wrong);
    } else if (!is_open) {
      wrong.push_back(where + "." + key + ": unknown field");
    }
  }
  for (const Json& required : rule.value("required", Json::array())) {
    const auto member = value.find(required.get<std::string>());
    if (member == value.end() || member->is_null()) {
      wrong.push_back(where + "." + required.get<std::string>() + ": missing");
    }
  }
}

const Json* KubernetesSchema::find_path(const std::string& path) const {
  for (const auto& [pattern, operations] : description_.at("paths").items()) {
    if (matches(pattern, path)) {
      return &operations;
    }
  }
  return nullptr;
}

std::vector<std::string> KubernetesSchema::judge_request(const JudgedRequest& request) const {
  const Json* const path = find_path(request.path);
  std::string method = request.method;
  std::ranges::transform(method, method.begin(), [](char letter) { return static_cast<char>(letter | 0x20); });
  if (path == nullptr || !path->contains(method)) {
    return {"the API has no " + request.method + " " + request.path};
  }
  Json known = path->value("parameters", Json::array());
  for (const Json& parameter : path->at(method).value("parameters", Json::array())) {
    known.push_back(parameter);
  }
  std::vector<std::string> wrong;
  std::set<std::string> names;
  const Json* body = nullptr;
  for (const Json& entry : known) {
    const Json& parameter = follow(entry);
    const auto name = parameter.value("name", "");
    if (parameter.value("in", "") == "body") {
      body = &parameter;
    }
    if (parameter.value("in", "") != "query") {
      continue;
    }
    names.insert(name);
    const auto given = request.query.find(name);
    if (given != request.query.end() && parameter.value("type", "") == "integer" && !is_digits(given->second)) {
      wrong.push_back("?" + name + ": is no integer");
    }
    if (given != request.query.end() && parameter.value("type", "") == "boolean" && given->second != "true" &&
        given->second != "false") {
      wrong.push_back("?" + name + ": is no boolean");
    }
  }
  for (const auto& [name, value] : request.query) {
    if (!names.contains(name)) {
      wrong.push_back("?" + name + ": unknown parameter");
    }
  }
  if (request.body.empty() || body == nullptr) {
    if (!request.body.empty() || (body != nullptr && body->value("required", false))) {
      wrong.push_back(request.body.empty() ? "the body is missing" : "there is a body where none may be");
    }
    return wrong;
  }
  const Json value = Json::parse(request.body, nullptr, false);
  if (value.is_discarded()) {
    wrong.push_back("the body is no JSON");
    return wrong;
  }
  judge(body->at("schema"), value, "body", wrong);
  return wrong;
}

std::vector<std::string> judge_restricted(const Json& pod_spec) {
  std::vector<std::string> wrong;
  for (const char* key : {"hostNetwork", "hostPID", "hostIPC"}) {
    if (pod_spec.value(key, false)) {
      wrong.push_back(std::string(key) + " is on");
    }
  }
  const std::set<std::string> volumes{
      "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"};
  for (const Json& volume : pod_spec.value("volumes", Json::array())) {
    for (const auto& [key, value] : volume.items()) {
      if (key != "name" && !volumes.contains(key)) {
        wrong.push_back("the volume " + volume.value("name", "") + " is of the kind " + key);
      }
    }
  }
  const Json pod = pod_spec.value("securityContext", Json::object());
  const auto seccomp = [](const Json& context) {
    return context.value("seccompProfile", Json::object()).value("type", "");
  };
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
    for (const Json& container : pod_spec.value(list, Json::array())) {
      const Json own = container.value("securityContext", Json::object());
      const std::string name = "the container " + container.value("name", "");
      const Json capabilities = own.value("capabilities", Json::object());
      const Json dropped = capabilities.value("drop", Json::array());
      const std::string profile = own.contains("seccompProfile") ? seccomp(own) : seccomp(pod);
      if (!own.contains("allowPrivilegeEscalation") || own.at("allowPrivilegeEscalation") != false) {
        wrong.push_back(name + " allows privilege escalation");
      }
      if (own.value("privileged", false)) {
        wrong.push_back(name + " is privileged");
      }
      if (std::ranges::find(dropped, Json("ALL")) == dropped.end()) {
        wrong.push_back(name + " does not drop all capabilities");
      }
      for (const Json& added : capabilities.value("add", Json::array())) {
        if (added != "NET_BIND_SERVICE") {
          wrong.push_back(name + " adds the capability " + added.dump());
        }
      }
      if (!own.value("runAsNonRoot", pod.value("runAsNonRoot", false))) {
        wrong.push_back(name + " may run as root");
      }
      if (own.value("runAsUser", pod.value("runAsUser", 1)) == 0) {
        wrong.push_back(name + " runs as root");
      }
      if (profile != "RuntimeDefault" && profile != "Localhost") {
        wrong.push_back(name + " has no seccomp profile");
      }
      for (const Json& port : container.value("ports", Json::array())) {
        if (port.contains("hostPort") && port.at("hostPort") != 0) {
          wrong.push_back(name + " has a host port");
        }
      }
    }
  }
  return wrong;
}

} // namespace afk::test

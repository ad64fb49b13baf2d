#pragma once
// The official API description of Kubernetes (a Swagger 2.0 document) as a judge: of objects, with unknown fields
// closed, and of requests: path, method, query and body.

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

struct JudgedRequest {
  std::string method; // "POST"
  std::string path;   // without the query
  std::map<std::string, std::string> query;
  std::string body; // "" = none
};

class KubernetesSchema {
 public:
  // Nothing where the description is not on this machine; read once per process.
  static const KubernetesSchema* try_load();

  // What is wrong, each with the path of the field; empty for a right object. By its apiVersion and kind.
  [[nodiscard]] std::vector<std::string> judge_object(const nlohmann::json& object) const;

  [[nodiscard]] std::vector<std::string> judge_request(const JudgedRequest& request) const;

 private:
  explicit KubernetesSchema(nlohmann::json description);

  void judge(const nlohmann::json& schema, const nlohmann::json& value, const std::string& where,
             std::vector<std::string>& wrong) const;
  void judge_members(const nlohmann::json& schema, const nlohmann::json& value, const std::string& where,
                     std::vector<std::string>& wrong) const;
  [[nodiscard]] const nlohmann::json* find_path(const std::string& path) const;
  [[nodiscard]] const nlohmann::json& follow(const nlohmann::json& schema) const;

  nlohmann::json description_;
  std::map<std::string, std::string> kinds_; // "batch/v1 Job" -> name of its definition
};

// What the pod security standard "restricted" has against a pod's spec
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/); empty where it is met.
[[nodiscard]] std::vector<std::string> judge_restricted(const nlohmann::json& pod_spec);

} // namespace afk::test

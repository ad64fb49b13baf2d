#include <deploy/manifests.hpp>

#include <support/kubernetes_schema.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/yaml_codec.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace afk::test {
namespace {

using Json = nlohmann::json;

std::string name_of(const Json& object) {
  return object.value("kind", "") + " " + object["metadata"].value("name", "");
}

std::vector<Json> of_kind(const std::vector<Json>& objects, const std::string& kind) {
  std::vector<Json> found;
  std::ranges::copy_if(objects, std::back_inserter(found),
                       [&](const Json& object) { return object.value("kind", "") == kind; });
  return found;
}

class Judge {
 public:
  Judge(const std::vector<Json>& objects, const OverlayFacts& facts) : objects_(objects), facts_(facts) {}

  std::vector<std::string> run() {
    judge_schema();
    judge_namespaces();
    judge_ticks();
    judge_gates();
    judge_rights();
    judge_networks();
    return wrong_;
  }

 private:
  void expect(bool holds, const std::string& what) {
    if (!holds) {
      wrong_.push_back(what);
    }
  }

  void judge_schema() {
    const auto* const schema = KubernetesSchema::try_load();
    for (const Json& object : objects_) {
      expect(object.value("kind", "") != "Secret", name_of(object) + ": secrets come from a person, not from here");
      if (schema == nullptr) {
        continue;
      }
      for (const std::string& what : schema->judge_object(object)) {
        wrong_.push_back(name_of(object) + ": " + what);
      }
    }
  }

  void judge_namespaces() {
    std::set<std::string> spaces;
    for (const Json& space : of_kind(objects_, "Namespace")) {
      spaces.insert(space["metadata"]["name"].get<std::string>());
      const Json labels = space["metadata"].value("labels", Json::object());
      expect(labels.value("pod-security.kubernetes.io/enforce", "") == "restricted",
             name_of(space) + ": does not enforce \"restricted\"");
    }
    std::set<std::string> wanted{"afk"};
    if (facts_.executor == OverlayFacts::Executor::jobs) {
      wanted.insert("afk-agents");
      const bool has_quota = std::ranges::any_of(of_kind(objects_, "ResourceQuota"), [](const Json& quota) {
        return quota["metadata"].value("namespace", "") == "afk-agents" && quota["spec"]["hard"].contains("pods");
      });
      expect(has_quota, "the namespace of the agents has no quota of pods");
    }
    expect(spaces == wanted, "the namespaces are others");
    for (const Json& object : objects_) {
      if (object.value("kind", "") != "Namespace") {
        const bool is_right = object.value("kind", "") == "Role" || object.value("kind", "") == "RoleBinding";
        const std::string space = object["metadata"].value("namespace", "");
        expect(wanted.contains(space) || (is_right && is_of_the_service(space)),
               name_of(object) + ": is in no namespace of afk");
      }
    }
  }

  [[nodiscard]] bool is_of_the_service(const std::string& space) const {
    return facts_.rollout == OverlayFacts::Rollout::seen && space == "production";
  }

  // Minutes between two ticks of "*/N * * * *" or "A-B/N * * * *"; 0 for what is neither.
  static int derive_period(const std::string& schedule) {
    static const std::regex pattern(R"((?:\*|\d+-59)/(\d+) \* \* \* \*)");
    std::smatch match;
    return std::regex_match(schedule, match, pattern) ? std::stoi(match[1].str()) : 0;
  }

  void judge_ticks() {
    std::set<std::string> commands;
    for (const Json& cron_job : of_kind(objects_, "CronJob")) {
      const std::string name = name_of(cron_job);
      const Json& spec = cron_job["spec"];
      const Json& job = spec["jobTemplate"]["spec"];
      const Json& pod = job["template"]["spec"];
      const int period = derive_period(spec.value("schedule", "")) * 60;
      expect(cron_job["metadata"]["name"].get<std::string>().size() <= 52, name + ": its name is too long");
      expect(spec.value("concurrencyPolicy", "") == "Forbid", name + ": ticks of one kind overlap");
      expect(spec.contains("timeZone"), name + ": has no time zone");
      const Json deadline = spec.value("startingDeadlineSeconds", Json());
      expect(deadline.is_number_integer() && deadline.get<int>() >= 10 && deadline.get<int>() <= 200,
             name + ": startingDeadlineSeconds is not between 10 and 200");
      const Json limit = job.value("activeDeadlineSeconds", Json());
      expect(period > 0 && limit.is_number_integer() && limit.get<int>() < period,
             name + ": activeDeadlineSeconds is not below the period");
      expect(job.value("backoffLimit", -1) == 0 && pod.value("restartPolicy", "") == "Never",
             name + ": a tick that failed is repeated at once");
      judge_pod(name, pod);
      for (const Json& container : pod["containers"]) {
        const Json arguments = container.value("args", Json::array());
        commands.insert(arguments.empty() ? "" : arguments[0].get<std::string>());
      }
    }
    expect(commands == std::set<std::string>{"poll", "watch"}, "there is not one CronJob for poll and one for watch");
  }

  void judge_pod(const std::string& name, const Json& pod) {
    for (const std::string& what : judge_restricted(pod)) {
      wrong_.push_back(name + ": " + what);
    }
    const bool wants_token = facts_.executor == OverlayFacts::Executor::jobs;
    expect(pod.value("automountServiceAccountToken", true) == wants_token,
           name + (wants_token ? ": has no service account's token" : ": mounts a service account's token"));
    for (const Json& container : pod["containers"]) {
      const Json security = container.value("securityContext", Json::object());
      expect(security.value("readOnlyRootFilesystem", false), name + ": its root is writable");
      const Json resources = container.value("resources", Json::object());
      expect(resources.contains("requests") && resources.value("limits", Json::object()).contains("memory"),
             name + ": has no resources");
      const std::string image = container.value("image", "");
      expect(image.rfind(':') != std::string::npos && !image.ends_with(":latest"), name + ": its image has no version");
      for (const Json& variable : container.value("env", Json::array())) {
        expect(!variable.contains("valueFrom"), name + ": takes a secret by environment");
      }
    }
  }

  void judge_gates() {
    bool is_open = false;
    for (const Json& cron_job : of_kind(objects_, "CronJob")) {
      for (const Json& container : cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]) {
        for (const Json& variable : container.value("env", Json::array())) {
          const std::string name = variable.value("name", "");
          is_open = is_open || name == "AFK_KILL_SWITCH" || name == "AFK_ALLOWLIST";
        }
      }
    }
    const auto maps = of_kind(objects_, "ConfigMap");
    expect(maps.size() == 1 && maps.front()["metadata"].value("name", "") == "afk-config", "there is no configuration");
    for (const Json& map : maps) {
      const std::string text = map.value("data", Json::object()).value("afk.toml", "");
      is_open = is_open || text.find("kill_switch = true\n") == std::string::npos ||
                text.find("allowlist = []\n") == std::string::npos;
    }
    expect(is_open == (facts_.gates == OverlayFacts::Gates::open),
           is_open ? "the gates are open" : "the gates are closed, which this overlay is to open");
  }

  void judge_rights() {
    expect(of_kind(objects_, "ClusterRole").empty() && of_kind(objects_, "ClusterRoleBinding").empty(),
           "there are rights beyond a namespace");
    std::set<std::string> rights;
    for (const Json& role : of_kind(objects_, "Role")) {
      const std::string space = role["metadata"].value("namespace", "");
      expect(space == "afk-agents" || is_of_the_service(space), name_of(role) + ": not for the agents' namespace");
      for (const Json& rule : role["rules"]) {
        for (const Json& resource : rule["resources"]) {
          for (const Json& verb : rule["verbs"]) {
            const std::string only = rule.value("resourceNames", Json::array()).dump();
            rights.insert(verb.get<std::string>() + " " + resource.get<std::string>() +
                          (only == "[]" ? "" : " " + only) + (space == "afk-agents" ? "" : " in " + space));
          }
        }
      }
    }
    std::set<std::string> least{"create jobs", "get jobs",       "list jobs",
                                "delete jobs", "create secrets", "delete secrets",
                                "list pods",   "get pods/log",   R"(get namespaces ["afk-agents"])"};
    if (facts_.rollout == OverlayFacts::Rollout::seen) {
      least.insert(R"(get deployments ["web"] in production)");
    }
    expect(rights == (facts_.executor == OverlayFacts::Executor::jobs ? least : std::set<std::string>{}),
           "the rights are not the least");
    for (const Json& account : of_kind(objects_, "ServiceAccount")) {
      expect(!account.value("automountServiceAccountToken", true), name_of(account) + ": mounts its token by itself");
    }
  }

  void judge_networks() {
    for (const Json& space : of_kind(objects_, "Namespace")) {
      const bool is_closed = std::ranges::any_of(of_kind(objects_, "NetworkPolicy"), [&](const Json& policy) {
        const Json types = policy["spec"].value("policyTypes", Json::array());
        return policy["metadata"]["namespace"] == space["metadata"]["name"] && policy["spec"]["podSelector"].empty() &&
               types.size() == 2 && !policy["spec"].contains("ingress");
      });
      expect(is_closed, name_of(space) + ": has no network policy for all of its pods");
    }
  }

  const std::vector<Json>& objects_;
  const OverlayFacts& facts_;
  std::vector<std::string> wrong_;
};

} // namespace

std::optional<std::vector<Json>> try_render(const std::string& overlay) {
  adapter::PosixCommands commands;
  CommandLine command;
  command.argv = {"kubectl", "kustomize", overlay};
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", "/nonexistent"}};
  const auto output = commands.run(command);
  if (!output && output.error().kind == ErrorKind::not_found) {
    return std::nullopt;
  }
  if (!output || output->exit_code != 0) {
    throw std::runtime_error("kubectl kustomize: " + (output ? output->standard_error : output.error().message));
  }
  std::vector<Json> objects;
  std::string document;
  std::istringstream lines(output->standard_output + "---\n");
  for (std::string line; std::getline(lines, line);) {
    if (line != "---") {
      document += line + "\n";
      continue;
    }
    const auto json = adapter::convert_yaml_to_json(document);
    if (!json) {
      throw std::runtime_error(json.error().message);
    }
    objects.push_back(Json::parse(*json));
    document.clear();
  }
  return objects;
}

std::vector<std::string> judge_manifests(const std::vector<Json>& objects, const OverlayFacts& facts) {
  return Judge(objects, facts).run();
}

} // namespace afk::test
